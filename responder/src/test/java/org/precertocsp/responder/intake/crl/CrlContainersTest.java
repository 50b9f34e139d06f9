package org.precertocsp.responder.intake.crl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cms.CMSAbsentContent;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.der.DerHeader;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.TestFeed;

/// What CRLs come wrapped in, and what comes in their place.
final class CrlContainersTest {
    private static final TestCa CA = TestCa.root("Wrapped Root");
    private static final Instant AT = Instant.parse("2026-05-30T08:00:00Z");
    private static final Instant UPDATED = TestFeed.NOW.minus(Duration.ofHours(1));

    @TempDir Path directory;

    @Test
    void one_crl_is_read_in_any_wrapping() throws Exception {
        byte[] der = crl().getEncoded();
        String base64 = Base64.getEncoder().encodeToString(der);
        String lines = Base64.getMimeEncoder().encodeToString(der);

        read("DER with a line end", concat(der, "\r\n".getBytes(US_ASCII)));
        read("DER with zeros", Arrays.copyOf(der, der.length + 511));
        read("base64", base64.getBytes(US_ASCII));
        read("base64 in lines", ("\ufeff" + lines + "\n").getBytes(UTF_8));
        read("gzip", gzip(der));
        read("gzipped PEM", gzip(TestCa.pem("X509 CRL", der).getBytes(US_ASCII)));
        read("gzip in base64", Base64.getEncoder().encode(gzip(der)));
        read("PKCS #7", message(crl()));
        read("PKCS #7 with certificates", message(true, crl()));
        read("PKCS #7 in PEM", TestCa.pem("PKCS7", message(crl())).getBytes(US_ASCII));
        read("PKCS #7 in base64", Base64.getEncoder().encode(message(crl())));
        String pem = TestCa.pem("X509 CRL", der);
        int body = pem.indexOf('\n') + 1;
        for (String end : List.of("\n", "\r\n", "\r")) {
            String headers = "Proc-Type: 4,CLEAR\nComment: signed by\n  hand\n\n";
            String text = pem.substring(0, body) + headers + pem.substring(body);
            read("PEM with headers", text.replace("\n", end).getBytes(US_ASCII));
        }
        read("PEM behind a page", ("<html>\n" + TestCa.pem("CRL", der)).getBytes(US_ASCII));
    }

    @Test
    void indefinite_lengths_around_and_inside_what_is_signed_are_read() throws Exception {
        byte[] der = crl().getEncoded();
        DerHeader outer = DerHeader.peek(der, 0).orElseThrow();
        byte[] content = Arrays.copyOfRange(der, (int) outer.content(), der.length);
        byte[] outside = concat(RawCrl.hex("3080"), content, RawCrl.hex("0000"));
        DerHeader tbs = DerHeader.peek(der, (int) outer.content()).orElseThrow();
        byte[] inside =
                concat(
                        RawCrl.hex("3080"),
                        RawCrl.hex("3080"),
                        Arrays.copyOfRange(der, (int) tbs.content(), (int) tbs.end()),
                        RawCrl.hex("0000"),
                        Arrays.copyOfRange(der, (int) tbs.end(), der.length),
                        RawCrl.hex("0000"));

        read("indefinite outside", outside);
        read("indefinite inside", inside);
        inside[inside.length - 10] ^= 1;
        refused(inside, "signature");
    }

    @Test
    void what_is_signed_with_indefinite_lengths_is_verified_as_it_stands() throws Exception {
        byte[] tbs =
                concat(
                        RawCrl.hex("3080"),
                        RawCrl.V2,
                        RawCrl.ECDSA_SHA256,
                        RawCrl.name(CA),
                        RawCrl.time(UPDATED),
                        RawCrl.hex("3080"),
                        RawCrl.entry("05", AT),
                        RawCrl.hex("00000000"));

        read("signed in BER", RawCrl.signedAsIs(CA, tbs));
    }

    @Test
    void a_crl_of_less_than_128_octets_is_read() throws Exception {
        // The shortest there are: an Edwards key, a name of one letter, no extensions.
        byte[] name = RawCrl.hex("300c310a300806035504030c0141");
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] algorithm = RawCrl.hex("300506032b6570");
        byte[] tbs = RawCrl.tlv(0x30, RawCrl.V2, algorithm, name, RawCrl.time(UPDATED));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(keys.getPrivate());
        signature.update(tbs);
        byte[] shortest =
                RawCrl.tlv(
                        0x30, tbs, RawCrl.hex("3003060100"), RawCrl.tlv(0x03, RawCrl.hex("0000")));
        byte[] proper =
                RawCrl.tlv(0x30, tbs, algorithm, RawCrl.tlv(0x03, new byte[1], signature.sign()));

        assertThat(shortest.length).isLessThan(128);
        refused(shortest, "two different signature algorithms");
        refused(proper, "which is not a configured issuer");
    }

    @Test
    void what_is_no_crl_is_told_by_name() throws Exception {
        byte[] certificate = CA.der().toArray();

        refused(certificate, "a certificate: `load certificates` reads it");
        refused(TestCa.pem("CERTIFICATE", certificate), "a certificate");
        refused(Base64.getEncoder().encode(certificate), "a certificate");
        refused(TestCa.pem("EC PRIVATE KEY", new byte[9]), "keep keys out of feeds");
        refused(TestCa.pem("X509 CRL", certificate), "a certificate");
        refused(message(true), "a PKCS #7 message without one");
        refused(message(crl(), crl()), "holds 2 CRLs");
        refused("<!DOCTYPE html><html><title>404</title>", "a page of HTML");
        refused("<?xml version=\"1.0\"?><a/>", "XML");
        refused("{\"data\": {\"certificate\": \"…\"}}", "JSON");
        refused("dn: cn=ca\ncertificateRevocationList;binary:: MII=\n", "LDIF");
        refused("-----BEGIN X509 CRL-----".getBytes(UTF_16), "UTF-16");
        refused("PK\u0003\u0004 and more", "ZIP");
        refused("BZh91AY&SY", "compressed");
        refused("", "an empty file");
        refused("0 is a text, too", "neither DER nor PEM");
        refused(gzip("nothing".getBytes(US_ASCII)), "neither DER nor PEM");
    }

    @Test
    void a_gzip_bomb_ends_at_its_limit() throws Exception {
        byte[] der = crl().getEncoded();
        byte[] zeros = new byte[32 << 20];
        refused(gzip(zeros), "more than 1024 MiB or 200 times its length");
        refused(gzip(concat(der, zeros)), "more than 1024 MiB or 200 times its length");
        refused(gzip(gzip(gzip(gzip(gzip(gzip(der)))))), "wrapped more than");
    }

    @Test
    void a_crl_that_revokes_a_certificate_the_responder_works_with_raises_an_alert()
            throws Exception {
        TestCa delegate = CA.subordinate("Delegate");
        X509v2CRLBuilder builder = builder();
        builder.addCRLEntry(
                delegate.holder().getSerialNumber(), Date.from(AT), CRLReason.keyCompromise);
        CrlLoad load =
                CrlLoad.of(directory, CA, IssuerProfile.PRIVATE)
                        .owning(delegate.certificate(), "the responder certificate of issuer ca");

        load.load(CA.sign(builder));

        assertThat(load.revocations()).hasSize(1);
        assertThat(load.alerts())
                .singleElement()
                .satisfies(
                        alert -> {
                            assertThat(alert.kind()).isEqualTo(Incident.Kind.SIGNING);
                            assertThat(alert.what())
                                    .contains("the responder certificate of issuer ca (serial 02)");
                        });
    }

    private void read(String what, byte[] file) throws FeedRejectedException {
        CrlLoad load = CrlLoad.of(directory, CA, IssuerProfile.PRIVATE);
        load.load(file);
        assertThat(load.revocations())
                .as(what)
                .singleElement()
                .satisfies(it -> assertThat(it.key().serial().toHex()).isEqualTo("05"));
    }

    private void refused(String file, String why) {
        refused(file.getBytes(UTF_8), why);
    }

    private void refused(byte[] file, String why) {
        assertThatThrownBy(() -> CrlLoad.of(directory, CA, IssuerProfile.PRIVATE).load(file))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContaining(why);
    }

    private static X509v2CRLBuilder builder() throws IOException {
        X509v2CRLBuilder builder = CA.crl(UPDATED);
        builder.addExtension(Extension.cRLNumber, false, new ASN1Integer(1));
        return builder;
    }

    private static X509CRLHolder crl() throws IOException {
        X509v2CRLBuilder builder = builder();
        builder.addCRLEntry(BigInteger.valueOf(5), Date.from(AT), CRLReason.superseded);
        return CA.sign(builder);
    }

    private static byte[] message(X509CRLHolder... crls) throws Exception {
        return message(false, crls);
    }

    private static byte[] message(boolean withCertificate, X509CRLHolder... crls) throws Exception {
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        if (withCertificate) {
            generator.addCertificate(CA.holder());
        }
        for (X509CRLHolder crl : List.of(crls)) {
            generator.addCRL(crl);
        }
        return generator.generate(new CMSAbsentContent()).getEncoded();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
