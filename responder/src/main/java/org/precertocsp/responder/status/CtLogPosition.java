package org.precertocsp.responder.status;

import java.time.Instant;
import java.util.List;
import org.precertocsp.der.ByteString;

/// How far a Certificate Transparency log has been read: the state needed to continue after the
/// last entry read, and to detect if the log changes earlier entries.
///
/// @param first index of the first entry ever read
/// @param size of the tree up to the last entry read
/// @param root of that tree
/// @param frontier roots of the perfect subtrees that it consists of, largest first
/// @param timestamp of the signed tree head that proved it, whole seconds UTC
public record CtLogPosition(
        long first, long size, ByteString root, List<ByteString> frontier, Instant timestamp) {
    public CtLogPosition {
        frontier = List.copyOf(frontier);
        timestamp = Instant.ofEpochSecond(timestamp.getEpochSecond());
    }
}
