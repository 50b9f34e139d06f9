package org.precertocsp.loadtest.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The CA of a corpus: self-signed, and certifies one delegate.
///
/// Computed by Bouncy Castle, since it takes every random byte from the given generator.
final class SyntheticCa {
    static final X500Name NAME = new X500Name("C=ZZ,O=precert-ocsp load test,CN=synthetic CA");

    private static final X500Name DELEGATE =
            new X500Name("C=ZZ,O=precert-ocsp load test,CN=synthetic responder");
    private static final Provider PROVIDER = new BouncyCastleProvider();
    private static final BcX509ExtensionUtils IDENTIFIERS = new BcX509ExtensionUtils();
    private static final Duration BACKDATING = Duration.ofDays(30);
    private static final Duration DECADE = Duration.ofDays(3_650);
    private static final Duration YEAR = Duration.ofDays(395);

    private final CorpusPlan plan;
    private final Instant notBefore;
    private final KeyPair keys;

    SyntheticCa(CorpusPlan plan, Instant now) {
        this.plan = plan;
        this.notBefore = now.minus(BACKDATING);
        this.keys = newKeys("CA key");
    }

    KeyPair newKeys(String purpose) {
        try {
            CorpusKeyType kind = plan.keys();
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.algorithm(), PROVIDER);
            generator.initialize(kind.bits(), new SeededRandom(plan.seed(), purpose));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Bouncy Castle makes every kind of key we name", e);
        }
    }

    X509CertificateHolder certificate() {
        return certify(
                NAME,
                keys,
                DECADE,
                builder -> {
                    builder.addExtension(
                            Extension.basicConstraints, true, new BasicConstraints(true));
                    builder.addExtension(
                            Extension.keyUsage,
                            true,
                            new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
                });
    }

    /// A delegated responder as Baseline Requirements §7.1.2.8 require.
    X509CertificateHolder delegate(KeyPair delegateKeys) {
        return certify(
                DELEGATE,
                delegateKeys,
                YEAR,
                builder -> {
                    builder.addExtension(
                            Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
                    builder.addExtension(
                            Extension.extendedKeyUsage,
                            false,
                            new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning));
                    builder.addExtension(
                            OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
                });
    }

    SubjectPublicKeyInfo publicKey() {
        return SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    }

    /// Ready to receive the bytes that the CA signs.
    Signature signature(String purpose) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(plan.keys().signature(), PROVIDER);
        signature.initSign(keys.getPrivate(), new SeededRandom(plan.seed(), purpose));
        return signature;
    }

    @FunctionalInterface
    private interface Extensions {
        void addTo(X509v3CertificateBuilder builder) throws IOException;
    }

    private X509CertificateHolder certify(
            X500Name subject, KeyPair subjectKeys, Duration life, Extensions extensions) {
        SubjectPublicKeyInfo subjectKey =
                SubjectPublicKeyInfo.getInstance(subjectKeys.getPublic().getEncoded());
        String purpose = "certificate of " + subject;
        X509v3CertificateBuilder builder =
                new X509v3CertificateBuilder(
                        NAME,
                        new BigInteger(120, new SeededRandom(plan.seed(), purpose)).setBit(120),
                        Date.from(notBefore),
                        Date.from(notBefore.plus(life)),
                        subject,
                        subjectKey);
        try {
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    IDENTIFIERS.createSubjectKeyIdentifier(subjectKey));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    IDENTIFIERS.createAuthorityKeyIdentifier(publicKey()));
            extensions.addTo(builder);
            return builder.build(
                    new JcaContentSignerBuilder(plan.keys().signature())
                            .setProvider(PROVIDER)
                            .setSecureRandom(new SeededRandom(plan.seed(), purpose + " signature"))
                            .build(keys.getPrivate()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("a key just made signs", e);
        }
    }

    /// Not random at all: the bytes SHA-256(seed, purpose, 0), SHA-256(seed, purpose, 1) …
    ///
    /// With it, keys and signatures of a corpus are the same wherever it is made. The seed is
    /// enough to compute the private keys, so they must protect nothing.
    static final class SeededRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final long seed;
        private final String purpose;
        private long counter;

        SeededRandom(long seed, String purpose) {
            super(null, null);
            this.seed = seed;
            this.purpose = purpose;
        }

        @Override
        public synchronized void nextBytes(byte[] target) {
            for (int done = 0; done < target.length; ) {
                byte[] block = block();
                int length = Math.min(block.length, target.length - done);
                System.arraycopy(block, 0, target, done, length);
                done += length;
            }
        }

        @Override
        public byte[] generateSeed(int length) {
            byte[] bytes = new byte[length];
            nextBytes(bytes);
            return bytes;
        }

        private byte[] block() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(ByteBuffer.allocate(16).putLong(seed).putLong(counter++).flip());
                return digest.digest(purpose.getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
