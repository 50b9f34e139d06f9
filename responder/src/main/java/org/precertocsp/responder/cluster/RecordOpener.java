package org.precertocsp.responder.cluster;

import java.security.PublicKey;
import java.util.Map;
import org.precertocsp.der.ByteString;

/// Opens records as they come from a log, where anybody may have written them. Thread-safe.
@FunctionalInterface
interface RecordOpener {
    RecordVerifier.Opened open(ByteString signed);

    /// The same with other edges, if it knows edges.
    ///
    /// @param edges their cluster keys by name
    default RecordOpener withEdges(Map<String, PublicKey> edges) {
        return this;
    }
}
