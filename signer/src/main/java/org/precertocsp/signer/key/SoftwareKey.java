package org.precertocsp.signer.key;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jcajce.interfaces.EdDSAPrivateKey;
import org.bouncycastle.jcajce.interfaces.MLDSAPrivateKey;

/// A key in the memory of this process.
final class SoftwareKey implements DescribedKey {
    /// A provider that has signed with the key successfully.
    private record Signer(JcaSignature maker, PrivateKey key, String computedBy) {}

    private final String source;
    private final PublicKey publicKey;
    private final SignatureScheme scheme;
    private final Signer signer;
    private volatile boolean closed;

    private SoftwareKey(String source, PublicKey publicKey, SignatureScheme scheme, Signer signer) {
        this.source = source;
        this.publicKey = publicKey;
        this.scheme = scheme;
        this.signer = signer;
    }

    /// @param source for messages
    /// @param expected the certificate's public key, if there is a certificate
    static SoftwareKey open(
            String source,
            KeyMaterial material,
            KeyConfig config,
            Optional<SubjectPublicKeyInfo> expected,
            JcaProviders providers)
            throws SigningKeyException {
        SubjectPublicKeyInfo info = publicHalf(source, material, expected);
        SignatureScheme scheme = SchemeSelection.of(info, config);
        SchemeSelection.requireSameKind(
                "the key in " + source,
                Optional.of(material.info().getPrivateKeyAlgorithm()),
                info);
        PublicKey publicKey = KeyMaterial.publicKey(info);
        Opening opening = new Opening(source, material.privateKey(), publicKey, scheme);
        Signer signer = opening.choose(config.provider(), providers);
        return new SoftwareKey(source, publicKey, scheme, signer);
    }

    @Override
    public PublicKey publicKey() {
        return publicKey;
    }

    @Override
    public SignatureScheme scheme() {
        return scheme;
    }

    @Override
    public byte[] sign(byte[] message) throws SigningKeyException {
        if (closed) {
            throw new SigningKeyException(source + " is closed", null);
        }
        try {
            return signer.maker().sign(signer.key(), message);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new SigningKeyException(description() + " cannot sign: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean mayHang() {
        return false;
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public String computedBy() {
        return signer.computedBy();
    }

    @Override
    public void close() {
        closed = true;
    }

    private static SubjectPublicKeyInfo publicHalf(
            String source, KeyMaterial material, Optional<SubjectPublicKeyInfo> expected)
            throws SigningKeyException {
        Optional<SubjectPublicKeyInfo> known =
                expected.isPresent() ? expected : material.publicHalf();
        return known.orElseThrow(
                () ->
                        new SigningKeyException(
                                source
                                        + ": no public key can be worked out of the private key;"
                                        + " name its certificate",
                                null));
    }

    /// A key while it is opened: selects the provider that computes.
    private record Opening(
            String source, PrivateKey privateKey, PublicKey publicKey, SignatureScheme scheme) {
        Signer choose(KeyConfig.ProviderChoice choice, JcaProviders providers)
                throws SigningKeyException {
            return switch (choice) {
                case BOUNCY_CASTLE -> bouncyCastle("");
                case CORRETTO -> {
                    try {
                        yield corretto(providers);
                    } catch (NotServed e) {
                        throw new SigningKeyException(source + ": " + e.getMessage(), e);
                    }
                }
                case FASTEST -> {
                    try {
                        yield corretto(providers);
                    } catch (NotServed e) {
                        yield bouncyCastle(" (" + e.getMessage() + ")");
                    }
                }
            };
        }

        private Signer bouncyCastle(String why) throws SigningKeyException {
            JcaSignature maker = JcaSignature.of(scheme, JcaProviders.BOUNCY_CASTLE);
            try {
                prove(maker.sign(privateKey, KeyPairProbe.message()));
            } catch (GeneralSecurityException | RuntimeException e) {
                // An RSA modulus of another length, or a key of another kind.
                throw KeyPairProbe.notTogether(source, e);
            }
            String name = JcaProviders.name(JcaProviders.BOUNCY_CASTLE);
            return new Signer(maker, privateKey, name + why);
        }

        private Signer corretto(JcaProviders providers) throws SigningKeyException, NotServed {
            Provider provider =
                    providers
                            .corretto()
                            .orElseThrow(() -> new NotServed(providers.correttoProblem()));
            JcaSignature maker = JcaSignature.of(scheme, provider);
            if (!maker.isServed()) {
                throw new NotServed("does not serve " + scheme.jcaName());
            }
            PrivateKey key;
            byte[] signature;
            try {
                key = translated(provider);
                signature = maker.sign(key, KeyPairProbe.message());
            } catch (GeneralSecurityException | RuntimeException e) {
                throw new NotServed("does not take this key: " + e.getMessage());
            }
            prove(signature);
            return new Signer(maker, key, JcaProviders.name(provider));
        }

        /// Converted once to the provider's own form; otherwise each signature would convert it.
        private PrivateKey translated(Provider provider) throws GeneralSecurityException {
            return switch (privateKey) {
                // Corretto has no KeyFactory for Ed25519 and accepts the JDK's keys.
                case EdDSAPrivateKey key ->
                        KeyFactory.getInstance("EdDSA", "SunEC").generatePrivate(encoded(key));
                // It reads a seed or an expanded key, but not both together, as OpenSSL writes
                // them.
                case MLDSAPrivateKey key when key.getSeed() != null ->
                        KeyFactory.getInstance("ML-DSA", provider)
                                .generatePrivate(encoded(key.getPrivateKey(true)));
                case MLDSAPrivateKey key ->
                        KeyFactory.getInstance("ML-DSA", provider).generatePrivate(encoded(key));
                default ->
                        KeyFactory.getInstance(
                                        privateKey instanceof ECPrivateKey ? "EC" : "RSA", provider)
                                .generatePrivate(encoded(privateKey));
            };
        }

        private static PKCS8EncodedKeySpec encoded(PrivateKey key) {
            return new PKCS8EncodedKeySpec(key.getEncoded());
        }

        private void prove(byte[] signature) throws SigningKeyException {
            if (!KeyPairProbe.proves(publicKey, scheme, signature)) {
                throw KeyPairProbe.notTogether(source, null);
            }
        }
    }

    /// Corretto does not compute with this key; the message gives the cause.
    private static final class NotServed extends Exception {
        private static final long serialVersionUID = 1L;

        NotServed(String why) {
            super("AmazonCorrettoCryptoProvider " + why);
        }
    }
}
