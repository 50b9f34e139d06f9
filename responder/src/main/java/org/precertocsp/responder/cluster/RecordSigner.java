package org.precertocsp.responder.cluster;

import java.security.PrivateKey;
import org.precertocsp.der.ByteString;

/// Signs the records of one node with its cluster key. Thread-safe.
///
/// @param name of the node
/// @param key an Ed25519 key
record RecordSigner(String name, PrivateKey key) implements NodeSigner {
    @Override
    public ByteString sign(ClusterRecord record) {
        if (!record.writer().equals(name)) {
            throw new IllegalArgumentException("%s signs for %s".formatted(name, record.writer()));
        }
        ByteString signed = RecordVerifier.SIGNATURE.sign(key, ClusterRecordCodec.encode(record));
        if (signed.length() > ClusterRecord.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a record of %d bytes is too large".formatted(signed.length()));
        }
        return signed;
    }
}
