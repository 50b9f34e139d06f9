package org.precertocsp.responder.intake.ctlog.head;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.precertocsp.ocsp.Octets;

/// What a log says of its tree; trusted only once its signature is verified.
///
/// @param size number of entries
/// @param timestamp when the log said so, whole milliseconds
public record TreeHead(long size, Octets root, Instant timestamp) {
    private static final int ROOT_OCTETS = 32;
    private static final byte TREE_HASH = 1;

    /// The octets the log signs: the TreeHeadSignature of RFC 6962 §3.5.
    public byte[] signedOctets() {
        return ByteBuffer.allocate(2 + 8 + 8 + ROOT_OCTETS)
                .put((byte) 0)
                .put(TREE_HASH)
                .putLong(timestamp.toEpochMilli())
                .putLong(size)
                .put(root.toArray())
                .array();
    }

    /// @throws UntrustedHead if no tree has such a head
    static TreeHead of(long size, Octets root, long millis) throws UntrustedHead {
        if (size < 0 || millis < 0 || root.length() != ROOT_OCTETS) {
            throw new UntrustedHead(
                    "the tree head makes no sense: %d entries, a root of %d octets, time %d"
                            .formatted(size, root.length(), millis));
        }
        return new TreeHead(size, root, Instant.ofEpochMilli(millis));
    }
}
