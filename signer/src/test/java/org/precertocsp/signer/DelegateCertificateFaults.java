package org.precertocsp.signer;

import static org.precertocsp.signer.DelegateCertificates.NOW;

import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.params.provider.Arguments;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;

/// Delegates that each break one rule, and what it takes to build them.
final class DelegateCertificateFaults {
    static final String NONE = "none";
    static final String ERROR = "ERROR";
    static final String WARNING = "WARNING";

    static final TestCa ROOT = TestCa.root("Lint Root");
    static final TestCa CA = ROOT.subordinate("Lint CA");
    static final KeyPair KEYS = TestCa.p256();
    static final ASN1ObjectIdentifier NOCHECK = OCSPObjectIdentifiers.id_pkix_ocsp_nocheck;

    private DelegateCertificateFaults() {}

    /// A fault, the rule it breaks, and how hard under a public and under the private profile.
    static Stream<Arguments> faulty_delegates() {
        DelegateCertificates good = DelegateCertificates.of(CA, KEYS);
        KeyUsage signing = new KeyUsage(KeyUsage.digitalSignature);
        KeyUsage more = new KeyUsage(KeyUsage.digitalSignature | KeyUsage.nonRepudiation);
        KeyUsage other = new KeyUsage(KeyUsage.keyEncipherment);
        DEROctetString junk = new DEROctetString(new byte[] {1});
        return Stream.of(
                fault(
                        "extra EKU",
                        "RC-03",
                        ERROR,
                        WARNING,
                        with(eku(both()), nocheck(), ku(signing))),
                fault("no EKU", "RC-03", ERROR, ERROR, with(nocheck(), ku(signing))),
                fault(
                        "other EKU",
                        "RC-03",
                        ERROR,
                        ERROR,
                        with(eku(serverOnly()), nocheck(), ku(signing))),
                fault("no nocheck", "RC-04", ERROR, WARNING, with(eku(ocsp()), ku(signing))),
                fault(
                        "critical nocheck",
                        "RC-04",
                        ERROR,
                        WARNING,
                        with(
                                eku(ocsp()),
                                ku(signing),
                                b -> b.addExtension(NOCHECK, true, DERNull.INSTANCE))),
                fault(
                        "nocheck with a value",
                        "RC-04",
                        ERROR,
                        ERROR,
                        with(eku(ocsp()), ku(signing), b -> b.addExtension(NOCHECK, false, junk))),
                fault("no keyUsage", "RC-05", ERROR, WARNING, with(eku(ocsp()), nocheck())),
                fault(
                        "keyUsage with more",
                        "RC-05",
                        ERROR,
                        WARNING,
                        with(eku(ocsp()), nocheck(), ku(more))),
                fault(
                        "keyUsage without signing",
                        "RC-05",
                        ERROR,
                        ERROR,
                        with(eku(ocsp()), nocheck(), ku(other))),
                fault(
                        "keyUsage not critical",
                        "RC-05",
                        ERROR,
                        WARNING,
                        with(
                                eku(ocsp()),
                                nocheck(),
                                b -> b.addExtension(Extension.keyUsage, false, signing))),
                fault("no AKI", "RC-06", ERROR, WARNING, good.having(only(true, false))),
                fault("no SKI", "RC-06", WARNING, WARNING, good.having(only(false, true))),
                fault(
                        "AKI of another",
                        "RC-06",
                        ERROR,
                        WARNING,
                        good.having(
                                b -> {
                                    DelegateCertificates.identifiers(ROOT, KEYS).apply(b);
                                    TestCa.delegateUsage().apply(b);
                                })),
                fault(
                        "subjectAltName",
                        "RC-06",
                        ERROR,
                        NONE,
                        good.and(
                                b ->
                                        b.addExtension(
                                                Extension.subjectAlternativeName, false, san()))),
                fault(
                        "nameConstraints",
                        "RC-06",
                        ERROR,
                        NONE,
                        good.and(b -> b.addExtension(Extension.nameConstraints, true, junk))),
                fault(
                        "CRL distribution point",
                        "RC-06",
                        ERROR,
                        NONE,
                        good.and(
                                b -> b.addExtension(Extension.cRLDistributionPoints, false, junk))),
                fault(
                        "authorityInfoAccess",
                        "RC-06",
                        WARNING,
                        NONE,
                        good.and(b -> b.addExtension(Extension.authorityInfoAccess, false, junk))),
                fault(
                        "certificatePolicies",
                        "RC-06",
                        WARNING,
                        NONE,
                        good.and(b -> b.addExtension(Extension.certificatePolicies, false, junk))),
                fault(
                        "a CA",
                        "RC-07",
                        ERROR,
                        ERROR,
                        good.and(
                                b ->
                                        b.addExtension(
                                                Extension.basicConstraints,
                                                true,
                                                new BasicConstraints(true)))),
                fault(
                        "basicConstraints that says FALSE",
                        "RC-07",
                        ERROR,
                        WARNING,
                        good.and(
                                b ->
                                        b.addExtension(
                                                Extension.basicConstraints,
                                                true,
                                                ByteString.ofHex("3003010100").toArray()))),
                fault("not yet valid", "RC-08", ERROR, ERROR, good.from(NOW.plusSeconds(1))),
                fault(
                        "long life",
                        "RC-08",
                        WARNING,
                        WARNING,
                        good.until(NOW.plus(Duration.ofDays(3650)))),
                fault(
                        "no country",
                        "RC-09",
                        ERROR,
                        NONE,
                        good.named(new X500Name("O=Example Trust,CN=R"))),
                fault(
                        "no organisation",
                        "RC-09",
                        ERROR,
                        NONE,
                        good.named(new X500Name("C=ZZ,CN=R"))),
                fault(
                        "no common name",
                        "RC-09",
                        ERROR,
                        NONE,
                        good.named(new X500Name("C=ZZ,O=Example Trust"))),
                fault(
                        "issuer name in other words",
                        "RC-09",
                        ERROR,
                        "RC-01",
                        good.issuedBy(new X500Name("C=ZZ,O=Example Trust,CN=LINT CA"))),
                fault("signed with SHA-1", "RP-17", ERROR, NONE, good.signedWith("SHA1withECDSA")),
                fault("expired", "TF-09", ERROR, ERROR, good.until(NOW.minusSeconds(1))));
    }

    static Arguments fault(
            String what,
            String rule,
            String strict,
            String relaxed,
            DelegateCertificates delegates) {
        return Arguments.of(what, rule, strict, relaxed, delegates);
    }

    /// Proper identifiers and these extensions.
    static DelegateCertificates with(TestCa.Customiser... extensions) {
        return DelegateCertificates.of(CA, KEYS)
                .having(
                        b -> {
                            DelegateCertificates.identifiers(CA, KEYS).apply(b);
                            for (TestCa.Customiser extension : extensions) {
                                extension.apply(b);
                            }
                        });
    }

    /// A proper delegate with one of its two identifiers.
    static TestCa.Customiser only(boolean subject, boolean authority) {
        return b -> {
            X509v3CertificateBuilder both =
                    new X509v3CertificateBuilder(
                            CA.holder().getSubject(),
                            BigInteger.ONE,
                            Date.from(NOW),
                            Date.from(NOW),
                            CA.holder().getSubject(),
                            CA.holder().getSubjectPublicKeyInfo());
            DelegateCertificates.identifiers(CA, KEYS).apply(both);
            if (subject) {
                b.addExtension(both.getExtension(Extension.subjectKeyIdentifier));
            }
            if (authority) {
                b.addExtension(both.getExtension(Extension.authorityKeyIdentifier));
            }
            TestCa.delegateUsage().apply(b);
        };
    }

    static TestCa.Customiser eku(ExtendedKeyUsage usage) {
        return b -> b.addExtension(Extension.extendedKeyUsage, false, usage);
    }

    static TestCa.Customiser nocheck() {
        return b -> b.addExtension(NOCHECK, false, DERNull.INSTANCE);
    }

    static TestCa.Customiser ku(KeyUsage usage) {
        return b -> b.addExtension(Extension.keyUsage, true, usage);
    }

    static ExtendedKeyUsage ocsp() {
        return new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning);
    }

    static ExtendedKeyUsage serverOnly() {
        return new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth);
    }

    static ExtendedKeyUsage both() {
        return new ExtendedKeyUsage(
                new KeyPurposeId[] {KeyPurposeId.id_kp_OCSPSigning, KeyPurposeId.id_kp_serverAuth});
    }

    static GeneralNames san() {
        return new GeneralNames(new GeneralName(GeneralName.dNSName, "ocsp.example"));
    }
}
