package org.precertocsp;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

/// A throwaway certification authority for tests: signs whatever it is told to, right or wrong.
public final class TestCa {
    /// The critical poison of RFC 6962 §3.1.
    public static final ASN1ObjectIdentifier POISON =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.3");

    /// The extended key usage of a Precertificate Signing Certificate.
    public static final ASN1ObjectIdentifier PRECERTIFICATE_SIGNING =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.4");

    /// Before every certificate this class makes begins.
    public static final Instant NOT_BEFORE = Instant.parse("2026-01-01T00:00:00Z");

    public static final Instant NOT_AFTER = Instant.parse("2036-01-01T00:00:00Z");

    private static final BcX509ExtensionUtils IDENTIFIERS = new BcX509ExtensionUtils();

    /// What a test wants otherwise than usual.
    @FunctionalInterface
    public interface Customiser {
        void apply(X509v3CertificateBuilder builder) throws IOException;
    }

    private final KeyPair keys;
    private final X509CertificateHolder holder;
    private final AtomicReference<IssuerCertificate> certificate = new AtomicReference<>();

    private TestCa(KeyPair keys, X509CertificateHolder holder) {
        this.keys = keys;
        this.holder = holder;
    }

    /// A self-signed root with a P-256 key.
    public static TestCa root(String commonName) {
        KeyPair keys = p256();
        X500Name name = name(commonName);
        return new TestCa(
                keys,
                build(
                        name,
                        keys.getPrivate(),
                        null,
                        BigInteger.ONE,
                        name,
                        keys,
                        NOT_BEFORE,
                        NOT_AFTER,
                        caUsage()));
    }

    /// A subordinate CA with a P-256 key.
    public TestCa subordinate(String commonName) {
        return subordinate(commonName, p256());
    }

    /// A subordinate CA with a key of the test's own, such as the key of another CA.
    public TestCa subordinate(String commonName, KeyPair subjectKeys) {
        return new TestCa(
                subjectKeys, certificate(BigInteger.TWO, name(commonName), subjectKeys, caUsage()));
    }

    /// A Precertificate Signing Certificate of this CA (CT-06).
    public TestCa precertificateSigner(String commonName) {
        KeyPair subjectKeys = p256();
        return new TestCa(
                subjectKeys,
                certificate(
                        BigInteger.valueOf(3),
                        name(commonName),
                        subjectKeys,
                        builder -> {
                            caUsage().apply(builder);
                            builder.addExtension(
                                    Extension.extendedKeyUsage,
                                    true,
                                    new ExtendedKeyUsage(
                                            KeyPurposeId.getInstance(PRECERTIFICATE_SIGNING)));
                        }));
    }

    /// A certificate signed by this CA, with AKI and SKI and what the customiser adds.
    public X509CertificateHolder certificate(
            BigInteger serial, X500Name subject, KeyPair subjectKeys, Customiser customiser) {
        return certificate(serial, subject, subjectKeys, NOT_BEFORE, NOT_AFTER, customiser);
    }

    /// As above, valid at another time.
    public X509CertificateHolder certificate(
            BigInteger serial,
            X500Name subject,
            KeyPair subjectKeys,
            Instant notBefore,
            Instant notAfter,
            Customiser customiser) {
        return build(
                holder.getSubject(),
                keys.getPrivate(),
                holder.getSubjectPublicKeyInfo(),
                serial,
                subject,
                subjectKeys,
                notBefore,
                notAfter,
                customiser);
    }

    /// A delegate as Baseline Requirements §7.1.2.8 want it.
    public X509CertificateHolder delegate(KeyPair subjectKeys) {
        return certificate(
                BigInteger.valueOf(4), name("OCSP Responder"), subjectKeys, delegateUsage());
    }

    /// The extensions of a proper delegate, for tests that change one thing.
    public static Customiser delegateUsage() {
        return builder -> {
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning));
            builder.addExtension(
                    OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
        };
    }

    /// Of a server on this machine.
    public static Customiser onLoopback() {
        return at(List.of("127.0.0.1"));
    }

    /// Of a server at any of these IP addresses.
    public static Customiser at(List<String> addresses) {
        GeneralName[] names =
                addresses.stream()
                        .map(address -> new GeneralName(GeneralName.iPAddress, address))
                        .toArray(GeneralName[]::new);
        return builder ->
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names));
    }

    /// An end-entity certificate.
    public X509CertificateHolder issue(BigInteger serial) {
        return issue(serial, p256(), _ -> {});
    }

    public X509CertificateHolder issue(
            BigInteger serial, KeyPair subjectKeys, Customiser customiser) {
        return certificate(serial, new X500Name("CN=leaf.example"), subjectKeys, customiser);
    }

    /// A precertificate: the poison makes it one.
    public X509CertificateHolder precertificate(BigInteger serial) {
        return precertificate(serial, p256());
    }

    public X509CertificateHolder precertificate(BigInteger serial, KeyPair subjectKeys) {
        return issue(
                serial,
                subjectKeys,
                builder -> builder.addExtension(POISON, true, DERNull.INSTANCE));
    }

    /// Signs a CRL the test has filled.
    public X509CRLHolder sign(X509v2CRLBuilder builder) {
        return builder.build(contentSigner(keys.getPrivate()));
    }

    /// A builder for CRLs of this CA.
    public X509v2CRLBuilder crl(Instant thisUpdate) {
        return new X509v2CRLBuilder(holder.getSubject(), Date.from(thisUpdate));
    }

    public KeyPair keys() {
        return keys;
    }

    public X509CertificateHolder holder() {
        return holder;
    }

    public ByteString der() {
        return ByteString.of(encoded(holder));
    }

    /// Parsed once: some tests ask for thousands of its serials.
    public IssuerCertificate certificate() {
        return certificate.updateAndGet(it -> it == null ? parse() : it);
    }

    private IssuerCertificate parse() {
        try {
            return IssuerCertificate.parse(der());
        } catch (InvalidCertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] encoded(X509CertificateHolder certificate) {
        try {
            return certificate.getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// PEM of anything DER, such as `CERTIFICATE`, `X509 CRL` or `PRIVATE KEY`.
    public static String pem(String type, byte[] der) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /// Writes `signer.pem`, the certificate of a new delegated responder, and `signer.key`, its
    /// key.
    public KeyPair writeSigner(Path directory) throws IOException {
        KeyPair signer = p256();
        writeSigner(directory, signer);
        return signer;
    }

    /// As above, for a key that exists.
    public void writeSigner(Path directory, KeyPair signer) throws IOException {
        write(directory.resolve("signer.pem"), delegate(signer));
        Files.writeString(
                directory.resolve("signer.key"),
                pem("PRIVATE KEY", signer.getPrivate().getEncoded()));
    }

    /// This CA's own key, as responders open it, from a file in that directory.
    public SigningKey signingKey(Path directory) {
        try {
            Path pem = Files.createTempFile(directory, "ca", ".key");
            Files.writeString(pem, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
            return PrivateKeys.open(
                    new KeyConfig(
                            new KeySource.Pem(pem, Optional.empty()),
                            KeyConfig.RsaPadding.PKCS1,
                            KeyConfig.RsaHash.SHA256,
                            KeyConfig.ProviderChoice.FASTEST),
                    Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SigningKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Writes a certificate as PEM and returns the file.
    public static Path write(Path file, X509CertificateHolder certificate) throws IOException {
        return Files.writeString(file, pem("CERTIFICATE", encoded(certificate)));
    }

    public static X500Name name(String commonName) {
        return new X500Name("C=ZZ,O=Example Trust,CN=" + commonName);
    }

    public static KeyPair p256() {
        return ec("secp256r1");
    }

    public static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The extensions of a CA that may sign certificates, CRLs and OCSP responses.
    public static Customiser caUsage() {
        return builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(
                            KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature));
        };
    }

    private static X509CertificateHolder build(
            X500Name issuer,
            PrivateKey issuerKey,
            @Nullable SubjectPublicKeyInfo issuerPublicKey,
            BigInteger serial,
            X500Name subject,
            KeyPair subjectKeys,
            Instant notBefore,
            Instant notAfter,
            Customiser customiser) {
        SubjectPublicKeyInfo subjectKey =
                SubjectPublicKeyInfo.getInstance(subjectKeys.getPublic().getEncoded());
        X509v3CertificateBuilder builder =
                new X509v3CertificateBuilder(
                        issuer,
                        serial,
                        Date.from(notBefore),
                        Date.from(notAfter),
                        subject,
                        subjectKey);
        try {
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    IDENTIFIERS.createSubjectKeyIdentifier(subjectKey));
            if (issuerPublicKey != null) {
                AuthorityKeyIdentifier authority =
                        IDENTIFIERS.createAuthorityKeyIdentifier(issuerPublicKey);
                builder.addExtension(Extension.authorityKeyIdentifier, false, authority);
            }
            customiser.apply(builder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return builder.build(contentSigner(issuerKey));
    }

    private static ContentSigner contentSigner(PrivateKey key) {
        String hash = "RSA".equals(key.getAlgorithm()) ? "SHA256withRSA" : "SHA256withECDSA";
        try {
            return new JcaContentSignerBuilder(hash).build(key);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }
}
