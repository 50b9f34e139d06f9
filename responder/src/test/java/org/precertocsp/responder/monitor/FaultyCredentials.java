package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.precertocsp.TestCa;

/// The CA of a wrong responder, and the certificate it signs answers with, right or wrong.
record FaultyCredentials(TestCa ca, KeyPair keys, X509CertificateHolder delegate) {
    private static final TestCa ROOT = TestCa.root("Wrong Root");
    private static final TestCa CA = ROOT.subordinate("Wrong CA");
    private static final TestCa SISTER = ROOT.subordinate("Wrong CA");
    private static final TestCa ITSELF = TestCa.root("Wrong Responder");
    private static final TestCa ANOTHER = ROOT.subordinate("Another CA");

    static FaultyCredentials with(ResponderFault fault) {
        TestCa signer =
                switch (fault) {
                    case DELEGATE_OF_ANOTHER_CA -> ANOTHER;
                    case DELEGATE_OF_SISTER_KEY -> SISTER;
                    case DELEGATE_CERTIFIED_BY_ITSELF -> ITSELF;
                    default -> CA;
                };
        KeyPair keys =
                fault == ResponderFault.DELEGATE_CERTIFIED_BY_ITSELF
                        ? ITSELF.keys()
                        : TestCa.p256();
        return fault == ResponderFault.CA_SIGNS_ITSELF || fault == ResponderFault.EMPTY_CERTIFICATES
                ? new FaultyCredentials(CA, CA.keys(), CA.holder())
                : new FaultyCredentials(CA, keys, delegate(signer, keys, fault));
    }

    SubjectPublicKeyInfo key() {
        return delegate.getSubjectPublicKeyInfo();
    }

    X500Name other() {
        return ANOTHER.holder().getSubject();
    }

    private static X509CertificateHolder delegate(
            TestCa signer, KeyPair keys, ResponderFault fault) {
        Instant now = Instant.now();
        int days =
                switch (fault) {
                    case NEXT_UPDATE_PAST_DELEGATE -> 1;
                    case DELEGATE_EXPIRED -> -1;
                    default -> 60;
                };
        return signer.certificate(
                BigInteger.TEN,
                TestCa.name("Wrong Responder"),
                keys,
                now.minus(Duration.ofDays(10)),
                now.plus(Duration.ofDays(days)),
                builder -> extensions(builder, fault));
    }

    private static void extensions(X509v3CertificateBuilder builder, ResponderFault fault)
            throws IOException {
        int usage =
                fault == ResponderFault.DELEGATE_WITHOUT_DIGITAL_SIGNATURE
                        ? KeyUsage.keyAgreement
                        : KeyUsage.digitalSignature;
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        if (fault == ResponderFault.DELEGATE_WITH_UNKNOWN_CRITICAL_EXTENSION) {
            builder.addExtension(
                    new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.1.3"), true, DERNull.INSTANCE);
        }
        if (fault != ResponderFault.DELEGATE_WITHOUT_EKU) {
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning));
        }
        if (fault != ResponderFault.DELEGATE_WITHOUT_NOCHECK) {
            builder.addExtension(
                    OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
        }
    }
}
