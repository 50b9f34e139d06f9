package org.precertocsp.loadtest.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/// Pages of a Certificate Transparency log as both APIs send them: precertificates as for TLS
/// servers, all different; one in a thousand is of a CA of ours.
///
/// Keys, identifiers and signatures are random bytes: skimming reads none of them.
final class SyntheticLogPages {
    /// Entries of a page; a data tile may be partial.
    static final int WIDTH = 250;

    /// Together larger than a core's caches.
    private static final int PAGES = 16;

    private static final int ONE_OF_OURS = 1_000;
    private static final int CA_CERTIFICATE_BYTES = 1_300;
    private static final int HASH_BYTES = 32;
    private static final int SIGNATURE_BYTES = 72;
    private static final Duration LIFE = Duration.ofDays(90);
    private static final Instant LOGGED = Instant.parse("2026-06-01T00:00:00Z");
    private static final AlgorithmIdentifier ECDSA =
            new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

    private final Random random = new Random(6962);
    private final byte[] ours;
    private final byte[] theirs = randomBytes(HASH_BYTES);
    private final byte[] fingerprints = randomBytes(2 * HASH_BYTES);
    private final byte[] chain =
            counted(
                    3,
                    join(
                            counted(3, randomBytes(CA_CERTIFICATE_BYTES)),
                            counted(3, randomBytes(CA_CERTIFICATE_BYTES))));
    private final List<byte[]> tiles = new ArrayList<>();
    private final List<byte[]> answers = new ArrayList<>();
    private final List<List<byte[]>> bodies = new ArrayList<>();

    /// @param ours SHA-256 of the key of our issuer
    SyntheticLogPages(byte[] ours) {
        this.ours = ours.clone();
        for (int page = 0; page < PAGES; page++) {
            addPage();
        }
    }

    /// Data tiles of static-ct-api, unpacked.
    byte[] tile(int page) {
        return tiles.get(page % PAGES);
    }

    /// Answers to get-entries, with chains of two CA certificates.
    byte[] answer(int page) {
        return answers.get(page % PAGES);
    }

    /// The TBSCertificate of each entry.
    List<byte[]> bodies(int page) {
        return bodies.get(page % PAGES);
    }

    private void addPage() {
        ByteArrayOutputStream tile = new ByteArrayOutputStream();
        StringJoiner json = new StringJoiner(",", "{\"entries\":[", "]}");
        List<byte[]> certificates = new ArrayList<>();
        for (int i = 0; i < WIDTH; i++) {
            int index = tiles.size() * WIDTH + i;
            byte[] body = body(index);
            byte[] submitted = counted(3, join(body, randomBytes(SIGNATURE_BYTES)));
            byte[] entry = entry(index, body);
            tile.writeBytes(join(entry, submitted, counted(2, fingerprints)));
            json.add(
                    "{\"leaf_input\":\"%s\",\"extra_data\":\"%s\"}"
                            .formatted(
                                    base64(join(new byte[2], entry)),
                                    base64(join(submitted, chain))));
            certificates.add(body);
        }
        tiles.add(tile.toByteArray());
        answers.add(json.toString().getBytes(StandardCharsets.US_ASCII));
        bodies.add(certificates);
    }

    private byte[] entry(int index, byte[] body) {
        byte[] head =
                ByteBuffer.allocate(10)
                        .putLong(LOGGED.toEpochMilli() + index)
                        .putShort((short) 1)
                        .array();
        byte[] issuer = index % ONE_OF_OURS == 0 ? ours : theirs;
        return join(head, issuer, counted(3, body), new byte[2]);
    }

    private byte[] body(int index) {
        V3TBSCertificateGenerator certificate = new V3TBSCertificateGenerator();
        certificate.setSerialNumber(new ASN1Integer(new BigInteger(126, random)));
        certificate.setSignature(ECDSA);
        certificate.setIssuer(new X500Name("C=ZZ,O=Some other CA,CN=Some other CA E7"));
        certificate.setStartDate(new Time(Date.from(LOGGED)));
        certificate.setEndDate(new Time(Date.from(LOGGED.plus(LIFE))));
        certificate.setSubject(new X500Name("CN=www" + index + ".example"));
        certificate.setSubjectPublicKeyInfo(
                new SubjectPublicKeyInfo(
                        new AlgorithmIdentifier(
                                X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1),
                        randomBytes(65)));
        try {
            certificate.setExtensions(extensions(index).generate());
            return certificate.generateTBSCertificate().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ExtensionsGenerator extensions(int index) throws IOException {
        ExtensionsGenerator all = new ExtensionsGenerator();
        all.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        all.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        all.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        all.addExtension(
                Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(randomBytes(20)));
        all.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new AuthorityKeyIdentifier(randomBytes(20)));
        all.addExtension(
                Extension.authorityInfoAccess,
                false,
                new AuthorityInformationAccess(
                        new AccessDescription[] {
                            new AccessDescription(
                                    AccessDescription.id_ad_ocsp, uri("http://ocsp.other.example")),
                            new AccessDescription(
                                    AccessDescription.id_ad_caIssuers,
                                    uri("http://ca.other.example/e7.cer"))
                        }));
        all.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(
                        new GeneralName[] {
                            new GeneralName(GeneralName.dNSName, "www" + index + ".example"),
                            new GeneralName(GeneralName.dNSName, "shop" + index + ".example")
                        }));
        all.addExtension(
                Extension.certificatePolicies,
                false,
                new CertificatePolicies(
                        new PolicyInformation(new ASN1ObjectIdentifier("2.23.140.1.2.1"))));
        all.addExtension(
                Extension.cRLDistributionPoints,
                false,
                new CRLDistPoint(
                        new DistributionPoint[] {
                            new DistributionPoint(
                                    new DistributionPointName(
                                            new GeneralNames(
                                                    uri("http://e7.c.other.example/17.crl"))),
                                    null,
                                    null)
                        }));
        return all;
    }

    private static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /// Preceded by its length in `width` bytes.
    private static byte[] counted(int width, byte[] content) {
        byte[] length = ByteBuffer.allocate(4).putInt(content.length).array();
        return ByteBuffer.allocate(width + content.length)
                .put(length, 4 - width, width)
                .put(content)
                .array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
