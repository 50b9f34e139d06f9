package org.precertocsp.responder.intake.certificate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Certificates beyond what [TestCa] makes: any algorithm, any TBSCertificate, SCT lists.
final class Pairs {
    static final ASN1ObjectIdentifier SCT_LIST =
            new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2");

    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
    private static final HexFormat HEX = HexFormat.of();

    /// Stands for an SCT list; nobody looks inside.
    static DEROctetString scts() {
        return new DEROctetString(new byte[] {0, 2, 0, 0});
    }

    /// What a CA issues after [TestCa#precertificate]: the same with SCTs.
    static X509CertificateHolder finalCertificate(TestCa ca, BigInteger serial, KeyPair keys) {
        return ca.issue(serial, keys, builder -> builder.addExtension(SCT_LIST, false, scts()));
    }

    static KeyPair keysFor(String algorithm) {
        try {
            if (algorithm.contains("RSA")) {
                return TestCa.rsa(2048);
            }
            if (algorithm.contains("ECDSA")) {
                return TestCa.p256();
            }
            return KeyPairGenerator.getInstance(algorithm, PROVIDER).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A certificate without extensions.
    static X509CertificateHolder signed(
            X500Name issuer, BigInteger serial, KeyPair subject, String algorithm, KeyPair signer) {
        return new X509v3CertificateBuilder(
                        issuer,
                        serial,
                        Date.from(TestCa.NOT_BEFORE),
                        Date.from(TestCa.NOT_AFTER),
                        issuer,
                        SubjectPublicKeyInfo.getInstance(subject.getPublic().getEncoded()))
                .build(signer(algorithm, signer));
    }

    static ConfiguredIssuer.Directory directory(X509CertificateHolder ca) {
        try {
            IssuerCertificate parsed = IssuerCertificate.parse(ByteString.of(TestCa.encoded(ca)));
            return new ConfiguredIssuer.Directory(
                    List.of(new ConfiguredIssuer("test", List.of(parsed), IssuerProfile.PRIVATE)));
        } catch (InvalidCertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The certificate with another notAfter, a GeneralizedTime, signed anew by its CA.
    static byte[] resigned(TestCa ca, X509CertificateHolder certificate, String notAfter) {
        return withTime(ca, certificate, 1, notAfter);
    }

    /// The same with another notBefore.
    static byte[] dated(TestCa ca, X509CertificateHolder certificate, String notBefore) {
        return withTime(ca, certificate, 0, notBefore);
    }

    private static byte[] withTime(
            TestCa ca, X509CertificateHolder certificate, int index, String time) {
        try {
            RawCertificate raw = RawCertificate.parse(ByteString.of(TestCa.encoded(certificate)));
            List<ByteString> times = new ArrayList<>();
            for (DerElement old : raw.validity().children()) {
                times.add(old.encoded());
            }
            byte[] digits = time.getBytes(StandardCharsets.US_ASCII);
            times.set(index, ByteString.of(DerWriter.encode(0x18, digits)));
            byte[] validity =
                    DerWriter.encode(
                            DerTag.SEQUENCE,
                            CertificateFileFormatTest.join(
                                    times.get(0).toArray(), times.get(1).toArray()));
            return sign(ca, with(raw, raw.validity(), validity));
        } catch (MalformedDerException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The TBSCertificate with one field replaced.
    static byte[] with(RawCertificate raw, DerElement replaced, byte[] by) {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        for (DerElement field : raw.fields()) {
            fields.writeBytes(field == replaced ? by : field.encoded().toArray());
        }
        return DerWriter.encode(DerTag.SEQUENCE, fields.toByteArray());
    }

    /// A certificate around any TBSCertificate that says ecdsa-with-SHA256.
    static byte[] sign(TestCa ca, byte[] tbs) {
        ContentSigner signer = signer("SHA256withECDSA", ca.keys());
        try (OutputStream out = signer.getOutputStream()) {
            out.write(tbs);
            out.flush();
            byte[] algorithm = signer.getAlgorithmIdentifier().getEncoded();
            byte[] signature = CertificateFileFormatTest.join(new byte[1], signer.getSignature());
            return DerWriter.encode(
                    DerTag.SEQUENCE,
                    CertificateFileFormatTest.join(
                            tbs, algorithm, DerWriter.encode(DerTag.BIT_STRING, signature)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ContentSigner signer(String algorithm, KeyPair keys) {
        try {
            return new JcaContentSignerBuilder(algorithm)
                    .setProvider(PROVIDER)
                    .build(keys.getPrivate());
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    static void replaceAll(byte[] octets, String hex, String by) {
        for (int at = indexOf(octets, hex, 0); at >= 0; at = indexOf(octets, hex, at + 1)) {
            put(octets, at, by);
        }
    }

    static void replaceLast(byte[] octets, String hex, String by) {
        int last = -1;
        for (int at = indexOf(octets, hex, 0); at >= 0; at = indexOf(octets, hex, at + 1)) {
            last = at;
        }
        put(octets, last, by);
    }

    private static int indexOf(byte[] octets, String hex, int from) {
        int at = HEX.formatHex(octets).indexOf(hex, 2 * from);
        return at < 0 ? -1 : at / 2;
    }

    private static void put(byte[] octets, int at, String hex) {
        byte[] by = HEX.parseHex(hex);
        System.arraycopy(by, 0, octets, at, by.length);
    }

    private Pairs() {}
}
