package org.precertocsp.responder.cluster;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.key.Ed25519;

/// The signature of a node's cluster key, Ed25519, at the end of what it signs. Thread-safe.
///
/// @param context signed before the bytes, so that a signature is worth nothing for anything else
public record NodeSignature(ByteString context) {
    public static final int BYTES = 64;

    /// The bytes with their signature behind them.
    public ByteString sign(PrivateKey key, byte[] bytes) {
        byte[] signed = Arrays.copyOf(bytes, bytes.length + BYTES);
        try {
            Signature signature = Ed25519.signing(key);
            signature.update(context.toArray());
            signature.update(bytes);
            signature.sign(signed, bytes.length, BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the cluster key does not sign", e);
        }
        return ByteString.of(signed);
    }

    /// Whether the end of these bytes is that key's signature of those before it.
    public boolean verifies(PublicKey key, byte[] signed) {
        int length = signed.length - BYTES;
        if (length < 0) {
            return false;
        }
        try {
            Signature signature = Ed25519.verifying(key);
            signature.update(context.toArray());
            signature.update(signed, 0, length);
            return signature.verify(signed, length, BYTES);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
