package org.precertocsp.responder.ctlog;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.precertocsp.der.ByteString;

/// A log's tree head; trusted only after its signature is verified.
///
/// @param size number of entries
/// @param timestamp of the head, in whole milliseconds
public record LogTreeHead(long size, ByteString root, Instant timestamp) {
    private static final int ROOT_BYTES = 32;
    private static final byte TREE_HASH = 1;

    /// The signed bytes: the TreeHeadSignature of RFC 6962 §3.5.
    public byte[] signedBytes() {
        return ByteBuffer.allocate(2 + 8 + 8 + ROOT_BYTES)
                .put((byte) 0)
                .put(TREE_HASH)
                .putLong(timestamp.toEpochMilli())
                .putLong(size)
                .put(root.toArray())
                .array();
    }

    /// @throws UntrustedTreeHeadException if the values are impossible
    static LogTreeHead of(long size, ByteString root, long millis)
            throws UntrustedTreeHeadException {
        if (size < 0 || millis < 0 || root.length() != ROOT_BYTES) {
            throw new UntrustedTreeHeadException(
                    "the tree head is invalid: %d entries, a root of %d bytes, time %d"
                            .formatted(size, root.length(), millis));
        }
        return new LogTreeHead(size, root, Instant.ofEpochMilli(millis));
    }
}
