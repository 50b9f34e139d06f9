package org.precertocsp.responder.cluster;

import java.io.IOException;
import java.security.PrivateKey;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;

/// The state from which the status log is begun anew when the brokers have lost it: what the store
/// of one authority has.
///
/// The log then begins with a reset that has the number and digest of that authority's newest
/// change, in a new generation. A node at the same change goes on from there, without a restart. A
/// node that has fewer needs what it lacks, and stops. A node that has more, or others, refuses to
/// follow, and stops, too: it would have to undo changes that may have been acknowledged. Whatever
/// was written to the old log and comes late is of an old generation and counts nowhere.
///
/// An authority acknowledges a change when its own disk has it. So the one that knows most has all
/// that was acknowledged, and the promises hold if the log is begun from it.
///
/// @param logId of the log that is lost, if it is known
/// @param generation of that log
/// @param epoch the newest in it that this authority has read
/// @param sequence of the newest change that it has
public record Recovery(
        Optional<ByteString> logId, long generation, long epoch, long sequence, String digest) {
    /// What a store knows.
    ///
    /// @param position as the store has it
    /// @return empty if the store has read no log
    /// @throws IOException a newer program wrote it, or it is damaged
    public static Optional<Recovery> of(Optional<ByteString> position) throws IOException {
        if (position.isEmpty()) {
            return Optional.empty();
        }
        try {
            StoredPosition stored = StoredPosition.decode(position.get());
            ReaderPosition at = stored.at();
            return at.generation() == 0
                    ? Optional.empty()
                    : Optional.of(
                            new Recovery(
                                    stored.logId(),
                                    at.generation(),
                                    at.epoch(),
                                    at.sequence(),
                                    at.head().toHex()));
        } catch (InvalidRecordException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    /// Whether this is the log that is lost, of which only the name is left. It must not be begun
    /// anew: a node would take an offset in what was lost for one in what replaces it.
    public boolean isOf(ByteString log) {
        return logId.equals(Optional.of(log));
    }

    /// Why a log with these records cannot be begun anew; empty if it can. What running nodes had
    /// sent to the old one, beats and claims, does no harm: it is of an old generation.
    ///
    /// @param records all that the topic has
    public Optional<String> objection(ClusterConfig cluster, List<ByteString> records) {
        RecordVerifier verifier = new RecordVerifier(cluster.authorityKeys(), cluster.edgeKeys());
        for (ByteString record : records) {
            switch (verifier.open(record)) {
                case Opened.Genuine(ClusterRecord.Reset reset, ByteString _) -> {
                    return Optional.of(
                            "it begins with generation %d already".formatted(reset.generation()));
                }
                case Opened.Genuine(ClusterRecord.Change change, ByteString _) -> {
                    return Optional.of("it has change %d".formatted(change.sequence()));
                }
                case Opened.Unreadable(String writer, String reason) -> {
                    return Optional.of("%s wrote to it: %s".formatted(writer, reason));
                }
                case Opened.Genuine _, Opened.Forged _ -> {
                    // Counts nowhere.
                }
            }
        }
        return Optional.empty();
    }

    /// The first record of the log that is begun anew.
    ///
    /// @param authority that signs it
    public ByteString signed(String authority, PrivateKey key) {
        return new RecordSigner(authority, key)
                .sign(
                        new Reset(
                                authority,
                                generation + 1,
                                epoch,
                                sequence,
                                ByteString.ofHex(digest)));
    }
}
