package org.precertocsp.responder.cluster;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;
import org.precertocsp.der.ByteString;

/// Signs the records of one node with its cluster key. Thread-safe.
///
/// @param name of the node
/// @param key an Ed25519 key
record RecordSigner(String name, PrivateKey key) {
    /// The record with its signature at the end.
    ///
    /// @throws IllegalArgumentException the record is another node's, or too large
    ByteString sign(ClusterRecord record) {
        if (!record.writer().equals(name)) {
            throw new IllegalArgumentException("%s signs for %s".formatted(name, record.writer()));
        }
        byte[] payload = ClusterRecordCodec.encode(record);
        byte[] signed = Arrays.copyOf(payload, payload.length + RecordVerifier.SIGNATURE_BYTES);
        if (signed.length > ClusterRecord.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a record of %d bytes is too large".formatted(signed.length));
        }
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(RecordVerifier.CONTEXT.toArray());
            signature.update(payload);
            signature.sign(signed, payload.length, RecordVerifier.SIGNATURE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the cluster key does not sign", e);
        }
        return ByteString.of(signed);
    }
}
