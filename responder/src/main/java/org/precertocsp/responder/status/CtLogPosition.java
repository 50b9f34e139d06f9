package org.precertocsp.responder.status;

import java.time.Instant;
import java.util.List;
import org.precertocsp.der.ByteString;

/// How far a Certificate Transparency log has been taken in: all that is needed to go on where the
/// entries taken end, and to notice if the log changes what lies before.
///
/// @param first index of the first entry ever taken in
/// @param size of the tree up to the last entry taken in
/// @param root of that tree
/// @param frontier roots of the perfect subtrees it falls into, largest first
/// @param timestamp of the signed tree head that proved it, whole seconds UTC
public record CtLogPosition(
        long first, long size, ByteString root, List<ByteString> frontier, Instant timestamp) {
    public CtLogPosition {
        frontier = List.copyOf(frontier);
        timestamp = Instant.ofEpochSecond(timestamp.getEpochSecond());
    }
}
