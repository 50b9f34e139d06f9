package org.precertocsp.responder.cluster;

import org.precertocsp.der.ByteString;

/// Signs the records of one node. Thread-safe.
interface NodeSigner {
    /// Of the node.
    String name();

    /// The record with its signature at the end.
    ///
    /// @throws IllegalArgumentException the record is another node's, or too large
    ByteString sign(ClusterRecord record);
}
