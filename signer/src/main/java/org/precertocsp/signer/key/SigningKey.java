package org.precertocsp.signer.key;

import java.security.PublicKey;

/// A private key that signs, wherever it is stored. Thread-safe.
public interface SigningKey extends AutoCloseable {
    /// The public key; its encoding is the SubjectPublicKeyInfo.
    PublicKey publicKey();

    SignatureScheme scheme();

    /// Signs the whole message, hashing included. Blocks while a token is busy.
    ///
    /// @return the signature bytes as they stand in the response's BIT STRING; not yet verified
    /// @throws SigningKeyException if the key or its token failed; a later call may succeed
    byte[] sign(byte[] message) throws SigningKeyException;

    /// Reports that a signature of this key does not verify with its certificate. A token is then
    /// reconnected, and must prove its key, before it signs again.
    default void distrust() {}

    /// True if [#sign] may wait, without limit, for something outside this process: a token. False
    /// only if it just computes.
    default boolean mayHang() {
        return true;
    }

    /// Where the key is stored and which JCA provider computes: `PKCS#12 ocsp.p12,
    /// AmazonCorrettoCryptoProvider`.
    String description();

    /// Closes its sessions; signing afterwards fails.
    @Override
    void close();
}
