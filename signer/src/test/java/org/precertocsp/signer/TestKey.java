package org.precertocsp.signer;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.precertocsp.signer.key.SignatureScheme;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

/// A key of the JDK's own providers, which can be told to fail.
final class TestKey implements SigningKey {
    private final KeyPair keys;
    private final SignatureScheme scheme;
    private volatile boolean failing;
    private volatile boolean closed;

    TestKey(KeyPair keys, SignatureScheme scheme) {
        this.keys = keys;
        this.scheme = scheme;
    }

    /// With the scheme that goes with the key; SHA-256 for RSA.
    static TestKey of(KeyPair keys) {
        return new TestKey(keys, schemeOf(keys.getPublic()));
    }

    static KeyPair generate(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    void fail() {
        failing = true;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public PublicKey publicKey() {
        return keys.getPublic();
    }

    @Override
    public SignatureScheme scheme() {
        return scheme;
    }

    @Override
    public byte[] sign(byte[] message) throws SigningKeyException {
        if (failing || closed) {
            throw new SigningKeyException("the test's token is gone", null);
        }
        try {
            Signature signature = Signature.getInstance(scheme.jcaName());
            if (scheme.jcaName().equals("RSASSA-PSS")) {
                signature.setParameter(pss());
            }
            signature.initSign(keys.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new SigningKeyException("the JDK cannot sign", e);
        }
    }

    @Override
    public String description() {
        return "test key";
    }

    @Override
    public void close() {
        closed = true;
    }

    private PSSParameterSpec pss() {
        return switch (scheme) {
            case RSA_PSS_SHA256 -> pss("SHA-256", 32);
            case RSA_PSS_SHA384 -> pss("SHA-384", 48);
            default -> pss("SHA-512", 64);
        };
    }

    private static PSSParameterSpec pss(String hash, int salt) {
        return new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1);
    }

    private static SignatureScheme schemeOf(PublicKey key) {
        if (key instanceof ECPublicKey ec) {
            return switch (ec.getParams().getCurve().getField().getFieldSize()) {
                case 256 -> SignatureScheme.ECDSA_P256_SHA256;
                case 384 -> SignatureScheme.ECDSA_P384_SHA384;
                default -> SignatureScheme.ECDSA_P521_SHA512;
            };
        }
        return switch (key.getAlgorithm()) {
            case "RSA" -> SignatureScheme.RSA_PKCS1_SHA256;
            case "EdDSA" -> SignatureScheme.ED25519;
            default -> throw new IllegalArgumentException("name the scheme of " + key);
        };
    }
}
