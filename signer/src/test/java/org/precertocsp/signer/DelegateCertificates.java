package org.precertocsp.signer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;

/// What a test's delegate certificate says; as Baseline Requirements want it until one thing is
/// changed.
record DelegateCertificates(
        TestCa ca,
        KeyPair keys,
        X500Name issuer,
        X500Name subject,
        Instant notBefore,
        Instant notAfter,
        String signedWith,
        TestCa.Customiser extensions) {
    static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private static final BcX509ExtensionUtils IDENTIFIERS = new BcX509ExtensionUtils();

    static DelegateCertificates of(TestCa ca, KeyPair keys) {
        return new DelegateCertificates(
                ca,
                keys,
                ca.holder().getSubject(),
                TestCa.name("OCSP Responder"),
                NOW.minus(Duration.ofDays(1)),
                NOW.plus(Duration.ofDays(30)),
                "SHA256withECDSA",
                builder -> {
                    identifiers(ca, keys).apply(builder);
                    TestCa.delegateUsage().apply(builder);
                });
    }

    static TestCa.Customiser identifiers(TestCa ca, KeyPair keys) {
        return builder -> {
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    IDENTIFIERS.createSubjectKeyIdentifier(info(keys)));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    IDENTIFIERS.createAuthorityKeyIdentifier(
                            ca.holder().getSubjectPublicKeyInfo()));
        };
    }

    DelegateCertificates from(Instant changed) {
        return new DelegateCertificates(
                ca, keys, issuer, subject, changed, notAfter, signedWith, extensions);
    }

    DelegateCertificates until(Instant changed) {
        return new DelegateCertificates(
                ca, keys, issuer, subject, notBefore, changed, signedWith, extensions);
    }

    DelegateCertificates named(X500Name changed) {
        return new DelegateCertificates(
                ca, keys, issuer, changed, notBefore, notAfter, signedWith, extensions);
    }

    DelegateCertificates issuedBy(X500Name changed) {
        return new DelegateCertificates(
                ca, keys, changed, subject, notBefore, notAfter, signedWith, extensions);
    }

    DelegateCertificates signedWith(String changed) {
        return new DelegateCertificates(
                ca, keys, issuer, subject, notBefore, notAfter, changed, extensions);
    }

    /// Takes these extensions in place of all others.
    DelegateCertificates having(TestCa.Customiser changed) {
        return new DelegateCertificates(
                ca, keys, issuer, subject, notBefore, notAfter, signedWith, changed);
    }

    /// Adds to the proper extensions.
    DelegateCertificates and(TestCa.Customiser more) {
        return having(
                builder -> {
                    extensions.apply(builder);
                    more.apply(builder);
                });
    }

    X509CertificateHolder holder() {
        try {
            X509v3CertificateBuilder builder =
                    new X509v3CertificateBuilder(
                            issuer,
                            BigInteger.TEN,
                            Date.from(notBefore),
                            Date.from(notAfter),
                            subject,
                            info(keys));
            extensions.apply(builder);
            return builder.build(
                    new JcaContentSignerBuilder(signedWith).build(ca.keys().getPrivate()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    DelegateCertificate certificate() {
        return parse(holder());
    }

    static DelegateCertificate parse(X509CertificateHolder holder) {
        try {
            return DelegateCertificate.parse(ByteString.of(TestCa.encoded(holder)));
        } catch (InvalidCertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SubjectPublicKeyInfo info(KeyPair keys) {
        return SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    }
}
