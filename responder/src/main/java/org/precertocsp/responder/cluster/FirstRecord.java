package org.precertocsp.responder.cluster;

import java.security.PrivateKey;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;

/// The record with which the status log of a new cluster begins: before it no authority can claim.
///
/// In a log that has records it counts nowhere, and nodes that know a later state refuse to follow
/// a log that begins with it.
public final class FirstRecord {
    private FirstRecord() {}

    /// @param authority that signs it
    public static ByteString signed(String authority, PrivateKey key) {
        return new RecordSigner(authority, key)
                .sign(new Reset(authority, 1, 0, 0, ReaderPosition.NO_DIGEST));
    }
}
