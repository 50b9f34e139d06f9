package org.precertocsp.responder.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certification authority that lives for one demonstration.
///
/// @param validity of what it issues, from an hour before now: clocks differ
record DemoAuthority(X500Name name, KeyPair keys, Instant now, Duration validity) {
    private static final BcX509ExtensionUtils IDENTIFIERS = new BcX509ExtensionUtils();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration BACKDATING = Duration.ofHours(1);
    private static final int SERIAL_BITS = 127;

    /// Adds extensions to a certificate about to be signed.
    @FunctionalInterface
    interface Extensions {
        void addTo(X509v3CertificateBuilder builder) throws IOException;
    }

    static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }

    /// Signs a certificate with a random serial, both key identifiers and the given extensions.
    X509CertificateHolder issue(X500Name subject, KeyPair subjectKeys, Extensions extensions) {
        SubjectPublicKeyInfo subjectKey =
                SubjectPublicKeyInfo.getInstance(subjectKeys.getPublic().getEncoded());
        SubjectPublicKeyInfo ownKey =
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
        Instant notBefore = now.minus(BACKDATING);
        X509v3CertificateBuilder builder =
                new X509v3CertificateBuilder(
                        name,
                        randomSerial(),
                        Date.from(notBefore),
                        Date.from(notBefore.plus(validity)),
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
                    IDENTIFIERS.createAuthorityKeyIdentifier(ownKey));
            extensions.addTo(builder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return builder.build(signer());
    }

    /// Signs a CRL that revokes one certificate for key compromise, half an hour ago.
    X509CRLHolder revoke(X509CertificateHolder certificate) {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(name, Date.from(now.minusSeconds(60)));
        builder.setNextUpdate(Date.from(now.plus(Duration.ofDays(7))));
        builder.addCRLEntry(
                certificate.getSerialNumber(),
                Date.from(now.minus(Duration.ofMinutes(30))),
                CRLReason.keyCompromise);
        try {
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return builder.build(signer());
    }

    private static BigInteger randomSerial() {
        return new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1);
    }

    private ContentSigner signer() {
        try {
            return new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("a key just made signs", e);
        }
    }
}
