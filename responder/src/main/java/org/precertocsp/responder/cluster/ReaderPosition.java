package org.precertocsp.responder.cluster;

import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;

/// What a reader knows after some record of the status log: all it needs to judge the next one. It
/// is stored with the rows, in the same batch, so that both are from the same record.
///
/// Two nodes with the same head have read the same changes in the same order.
///
/// @param generation 0 before the first record
/// @param epoch 0 before the first claim of all
/// @param holder the authority that may write in this epoch; empty until a claim is read
/// @param sequence of the newest change
/// @param head digest of the record that made the newest change, which contains the head before it
/// @param staged the parts read of a set whose seal was not read yet
record ReaderPosition(
        long generation,
        long epoch,
        Optional<String> holder,
        long sequence,
        ByteString head,
        Optional<Staged> staged) {
    static final ByteString NO_DIGEST = ByteString.of(new byte[ClusterRecord.DIGEST_BYTES]);

    /// Nothing was read.
    static final ReaderPosition START =
            new ReaderPosition(0, 0, Optional.empty(), 0, NO_DIGEST, Optional.empty());

    /// Parts without their seal.
    ///
    /// @param digest SHA-256 of the digest before the newest part and the digest of that part
    record Staged(int parts, ByteString digest) {
        static final Staged NONE = new Staged(0, NO_DIGEST);

        Staged with(ByteString part) {
            byte[] both = new byte[2 * ClusterRecord.DIGEST_BYTES];
            digest.copyTo(both, 0);
            part.copyTo(both, ClusterRecord.DIGEST_BYTES);
            return new Staged(parts + 1, HashAlgorithm.SHA256.hash(ByteString.of(both)));
        }
    }

    Staged stagedSoFar() {
        return staged.orElse(Staged.NONE);
    }

    /// The parts staged are to be read again.
    ReaderPosition withoutParts() {
        return new ReaderPosition(generation, epoch, holder, sequence, head, Optional.empty());
    }

    ReaderPosition afterPart(ByteString part) {
        return new ReaderPosition(
                generation, epoch, holder, sequence, head, Optional.of(stagedSoFar().with(part)));
    }

    ReaderPosition afterChange(long newest, ByteString newHead) {
        return new ReaderPosition(generation, epoch, holder, newest, newHead, Optional.empty());
    }

    ReaderPosition afterClaim(ClusterRecord.Claim claim) {
        return new ReaderPosition(
                generation,
                claim.epoch(),
                Optional.of(claim.writer()),
                sequence,
                head,
                Optional.empty());
    }

    ReaderPosition afterReset(ClusterRecord.Reset reset) {
        return new ReaderPosition(
                reset.generation(),
                reset.epoch(),
                Optional.empty(),
                reset.sequence(),
                reset.head(),
                Optional.empty());
    }
}
