package org.precertocsp.signer.key;

import java.security.PublicKey;

/// A private key that signs; where it lives is its own affair. Thread-safe.
public interface SigningKey extends AutoCloseable {
    /// The public half; its encoding is the SubjectPublicKeyInfo.
    PublicKey publicKey();

    SignatureScheme scheme();

    /// Signs the message whole, hashing included. Blocks while a token is busy.
    ///
    /// @return the signature bytes as they stand in the response's BIT STRING; nobody has verified
    ///   them yet
    /// @throws SigningKeyException the key or its token failed; a later call may succeed
    byte[] sign(byte[] message) throws SigningKeyException;

    /// Tells that a signature this key made does not verify with its certificate. A token is then
    /// connected to anew, and has to prove its key, before it signs again.
    default void distrust() {}

    /// True where [#sign] may wait on something outside this process, for ever if need be: a token.
    /// False only where it just computes.
    default boolean mayHang() {
        return true;
    }

    /// Where the key lives and which JCA provider computes, for people: `PKCS#12 ocsp.p12,
    /// AmazonCorrettoCryptoProvider`.
    String description();

    /// Gives up sessions; signing afterwards fails.
    @Override
    void close();
}
