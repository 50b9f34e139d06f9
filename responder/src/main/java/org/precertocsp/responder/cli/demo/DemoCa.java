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
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
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

/// A certification authority for one demonstration.
///
/// @param validity of its certificates, from an hour before now, since clocks differ
record DemoCa(X500Name name, KeyPair keys, Instant now, Duration validity) {
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

    /// The extensions of each of the demonstration's certificates.
    static final class DemoExtensions {
        private static final ASN1ObjectIdentifier POISON =
                new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.3");
        private static final ASN1ObjectIdentifier PRECERTIFICATE_SIGNING =
                new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.4");

        private DemoExtensions() {}

        static DemoCa.Extensions authority() {
            return builder -> {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
                builder.addExtension(
                        Extension.keyUsage,
                        true,
                        new KeyUsage(
                                KeyUsage.keyCertSign
                                        | KeyUsage.cRLSign
                                        | KeyUsage.digitalSignature));
            };
        }

        /// A Precertificate Signing Certificate (RFC 6962 §3.1).
        static DemoCa.Extensions precertificateSigning() {
            return builder -> {
                authority().addTo(builder);
                builder.addExtension(
                        Extension.extendedKeyUsage,
                        true,
                        new ExtendedKeyUsage(KeyPurposeId.getInstance(PRECERTIFICATE_SIGNING)));
            };
        }

        /// A delegated responder (Baseline Requirements §7.1.2.8).
        static DemoCa.Extensions responder() {
            return builder -> {
                signing(KeyPurposeId.id_kp_OCSPSigning).addTo(builder);
                builder.addExtension(
                        OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
            };
        }

        /// The private API's own certificate, for this machine.
        static DemoCa.Extensions api() {
            return builder -> {
                signing(KeyPurposeId.id_kp_serverAuth).addTo(builder);
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(
                                new GeneralName[] {
                                    new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                                    new GeneralName(GeneralName.dNSName, "localhost")
                                }));
            };
        }

        /// A client of the private API.
        static DemoCa.Extensions client() {
            return signing(KeyPurposeId.id_kp_clientAuth);
        }

        /// A TLS server's certificate that names this responder.
        static DemoCa.Extensions server(String host, String responderUrl) {
            return builder -> {
                signing(KeyPurposeId.id_kp_serverAuth).addTo(builder);
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        true,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
                builder.addExtension(
                        Extension.authorityInfoAccess,
                        false,
                        new AuthorityInformationAccess(
                                AccessDescription.id_ad_ocsp,
                                new GeneralName(
                                        GeneralName.uniformResourceIdentifier, responderUrl)));
            };
        }

        /// The same with the poison extension: a precertificate (RFC 6962 §3.1).
        static DemoCa.Extensions poisoned(String host, String responderUrl) {
            return builder -> {
                server(host, responderUrl).addTo(builder);
                builder.addExtension(POISON, true, DERNull.INSTANCE);
            };
        }

        /// A signing key for one purpose.
        private static DemoCa.Extensions signing(KeyPurposeId purpose) {
            return builder -> {
                builder.addExtension(
                        Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            };
        }
    }
}
