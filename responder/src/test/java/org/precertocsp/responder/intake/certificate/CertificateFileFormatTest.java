package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.intake.certificate.FeedRun.ascii;
import static org.precertocsp.responder.intake.certificate.FeedRun.der;
import static org.precertocsp.responder.intake.certificate.FeedRun.directory;
import static org.precertocsp.responder.intake.certificate.FeedRun.feed;
import static org.precertocsp.responder.intake.certificate.FeedRun.pem;
import static org.precertocsp.responder.intake.certificate.FeedRun.read;
import static org.precertocsp.responder.intake.certificate.FeedRun.refusals;
import static org.precertocsp.responder.intake.certificate.FeedRun.serials;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.SourceLocation;

/// Every way certificates are written down, and every way files go wrong.
final class CertificateFileFormatTest {
    private static final TestCa CA = TestCa.root("File CA");
    private static final ConfiguredIssuer.Directory ISSUERS = directory(CA);
    private static final X509CertificateHolder ONE = CA.issue(BigInteger.valueOf(0x11));
    private static final X509CertificateHolder TWO = CA.precertificate(BigInteger.valueOf(0x22));
    private static final X509CertificateHolder THREE = CA.issue(BigInteger.valueOf(0x33));

    /// Signed data of no content, padded beyond 128 bytes.
    private static final byte[] PKCS7 =
            DerWriter.encode(
                    DerTag.SEQUENCE,
                    join(
                            ByteString.ofHex("06092a864886f70d010702").toArray(),
                            DerWriter.encode(0xa0, new byte[200])));

    @Test
    void reads_der_and_der_after_der() {
        RecordingSink sink = read(ISSUERS, der(ONE, TWO, THREE));

        assertThat(serials(sink)).containsExactly("11", "22", "33");
        assertThat(sink.refusals()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"data\": {\"certificate\": \"-----BEGIN CERTIFICATE-----\\nMIIB\"}} | is JSON",
                "[{\"pem\": 1}] | is JSON",
                "dn: cn=host,dc=example | is LDIF",
                "version: 1 | is LDIF",
                "<!DOCTYPE html><html> | is HTML or XML",
                "-----BEGIN CERTIFICATE-----\\n"
                        + "MIIBhjCC\\n"
                        + "-----END CERTIFICATE----- | as inside JSON"
            })
    void what_is_no_certificate_file_is_called_by_its_name(String content, String name) {
        assertThatThrownBy(() -> read(feed(ISSUERS), ascii(content), ProgressListener.SILENT))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContaining(name);
    }

    @Test
    void forgives_line_ends_and_zeros_between_der_certificates() {
        byte[] octets = join(der(ONE), ascii("\r\n\0\0"), der(TWO), ascii("\n"));

        RecordingSink sink = read(ISSUERS, octets);

        assertThat(serials(sink)).containsExactly("11", "22");
        assertThat(sink.refusals()).isEmpty();
    }

    @Test
    void goes_on_after_broken_framing_in_der() {
        byte[] broken = der(TWO);
        broken[3] ^= 0x55;
        RecordingSink sink = read(ISSUERS, join(der(ONE), broken, der(THREE)));

        assertThat(serials(sink)).containsExactly("11", "33");
        assertThat(sink.refusals()).hasSize(1);
        assertThat(sink.refusals().getFirst().place())
                .isEqualTo(new SourceLocation.Offset(der(ONE).length));
    }

    @Test
    void finds_certificates_behind_a_broken_beginning() {
        RecordingSink sink = read(ISSUERS, join(new byte[] {1, 2, 3}, der(ONE)));

        assertThat(serials(sink)).containsExactly("11");
        assertThat(sink.refusals()).hasSize(1);
    }

    @Test
    void tells_that_der_is_cut_off() {
        byte[] octets = der(ONE, TWO);

        RecordingSink sink = read(ISSUERS, Arrays.copyOf(octets, octets.length - 9));

        assertThat(serials(sink)).containsExactly("11");
        assertThat(refusals(sink))
                .containsExactly(
                        "offset %d: the file ends inside what may be a certificate"
                                .formatted(der(ONE).length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r", "\n\n", " \n", "\t\r\n"})
    void reads_pem_with_any_line_end(String lineEnd) {
        String text = pem(ONE, TWO, THREE).replace("\n", lineEnd);

        assertThat(serials(read(ISSUERS, ascii(text)))).containsExactly("11", "22", "33");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"})
    void accepts_every_label_openssl_accepts(String label) {
        String text = TestCa.pem(label, der(ONE));

        assertThat(serials(read(ISSUERS, ascii(text)))).containsExactly("11");
    }

    @Test
    void trust_settings_behind_a_trusted_certificate_are_left_aside() {
        byte[] settings = {0x30, 0x02, 0x30, 0x00};
        String text = TestCa.pem("TRUSTED CERTIFICATE", join(der(ONE), settings));

        assertThat(serials(read(ISSUERS, ascii(text)))).containsExactly("11");
    }

    @Test
    void octets_behind_a_certificate_are_refused() {
        String text = TestCa.pem("CERTIFICATE", join(der(ONE), der(TWO))) + pem(THREE);

        RecordingSink sink = read(ISSUERS, ascii(text));

        assertThat(serials(sink)).containsExactly("33");
        assertThat(refusals(sink).getFirst()).contains("bytes follow where it should end");
    }

    @Test
    void ignores_text_around_blocks() {
        String text =
                """
                \uFEFFCertificate:
                    Data:
                        Serial Number: 17 (0x11)
                Bag Attributes: <No Attributes>
                %s
                 1 s:C = ZZ, O = Example Trust
                # Grüße aus einem CA-Bündel ------
                %s\
                """
                        .formatted(pem(ONE), pem(TWO));

        RecordingSink sink = read(ISSUERS, text.getBytes(StandardCharsets.UTF_8));

        assertThat(serials(sink)).containsExactly("11", "22");
        assertThat(sink.refusals()).isEmpty();
    }

    @Test
    void reads_files_joined_without_a_line_end() {
        String text = pem(ONE).strip() + pem(TWO).strip() + pem(THREE).strip();

        assertThat(serials(read(ISSUERS, ascii(text)))).containsExactly("11", "22", "33");
    }

    @Test
    void reads_pem_flattened_to_one_line() {
        String text = pem(ONE, TWO).replace('\n', ' ');

        assertThat(serials(read(ISSUERS, ascii(text)))).containsExactly("11", "22");
    }

    @Test
    void reads_pem_with_headers_inside() {
        String text = pem(ONE).replaceFirst("-----\n", "-----\nX-Origin: somewhere\n\n");

        assertThat(serials(read(ISSUERS, ascii(text)))).containsExactly("11");
    }

    @Test
    void a_broken_block_is_told_by_its_line_and_the_next_one_counts() {
        String broken = pem(TWO).replaceFirst("\n.{8}", "\n*!*!*!*!");
        String cut = pem(TWO).replaceFirst("\n.{64}\n", "\n");
        String open = pem(TWO).replaceFirst("-----END CERTIFICATE-----\n", "");

        RecordingSink sink =
                read(ISSUERS, ascii("text\n" + broken + cut + open + pem(ONE) + "-----BEGIN "));

        assertThat(serials(sink)).containsExactly("11");
        long lines = broken.lines().count();
        assertThat(refusals(sink))
                .hasSize(4)
                .satisfies(
                        all -> {
                            assertThat(all.getFirst()).isEqualTo("line 2: the block is not base64");
                            assertThat(all.get(1)).startsWith("line " + (2 + lines) + ": ");
                            assertThat(all.get(2)).contains("no END line before the next one");
                        });
    }

    @Test
    void a_private_key_is_refused_and_nothing_of_it_repeated() {
        byte[] key = CA.keys().getPrivate().getEncoded();
        String secret = Base64.getEncoder().encodeToString(key).substring(10, 30);
        String text =
                TestCa.pem("PRIVATE KEY", key)
                        + TestCa.pem("EC PRIVATE KEY", key).replace("KEY-----\n", "KEY ")
                        + pem(ONE);

        RecordingSink sink = read(ISSUERS, ascii(text));

        assertThat(serials(sink)).containsExactly("11");
        assertThat(refusals(sink)).hasSize(2).noneMatch(reason -> reason.contains(secret));
        assertThat(refusals(sink).getFirst())
                .isEqualTo("line 1: a private key: it was not read; keep keys out of feeds");
    }

    @ParameterizedTest
    @CsvSource({
        "X509 CRL,a CRL: `load crl` reads it",
        "CERTIFICATE REQUEST,a certificate request",
        "PUBLIC KEY,not a certificate but PUBLIC KEY",
        "EC PARAMETERS,not a certificate but EC PARAMETERS"
    })
    void other_blocks_are_refused_by_name(String label, String reason) {
        String text = TestCa.pem(label, new byte[] {0x30, 0}) + pem(ONE);

        RecordingSink sink = read(ISSUERS, ascii(text));

        assertThat(serials(sink)).containsExactly("11");
        assertThat(refusals(sink).getFirst()).contains(reason);
    }

    @Test
    void reads_bare_base64_wrapped_or_one_a_line() {
        String wrapped = Base64.getMimeEncoder(64, ascii("\n")).encodeToString(der(ONE));
        String line = Base64.getEncoder().encodeToString(der(TWO));
        String unpadded = Base64.getEncoder().withoutPadding().encodeToString(der(THREE));

        RecordingSink sink = read(ISSUERS, ascii(wrapped + "\n" + line + "\r\n" + unpadded + "\n"));

        assertThat(serials(sink)).containsExactly("11", "22", "33");
        assertThat(sink.refusals()).isEmpty();
    }

    @Test
    void broken_bare_base64_is_told_by_its_line_and_the_next_one_counts() {
        String good = Base64.getEncoder().encodeToString(der(ONE));
        String broken = Base64.getEncoder().encodeToString(der(TWO));
        String text = good + "\n" + broken.substring(0, 300) + "\n!\n" + good + "\n" + broken;

        RecordingSink sink = read(ISSUERS, ascii(text));

        assertThat(serials(sink)).containsExactly("11", "11", "22");
        assertThat(refusals(sink)).containsExactly("line 2: line 3 is not base64");
    }

    @Test
    void padding_where_base64_begins_is_told() {
        String good = Base64.getEncoder().encodeToString(der(ONE));

        RecordingSink sink = read(ISSUERS, ascii(good + "\nMI==\nAAAAAAAAAA\n" + good));

        assertThat(serials(sink)).containsExactly("11", "11");
        assertThat(refusals(sink)).containsExactly("line 2: the base64 is broken");
    }

    @ParameterizedTest
    @MethodSource("filesWithoutCertificates")
    void a_file_without_certificates_is_refused_whole(byte[] octets, String reason) {
        assertThatThrownBy(() -> read(feed(ISSUERS), octets, ProgressListener.SILENT))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContaining(reason);
    }

    static List<Object[]> filesWithoutCertificates() {
        byte[] key = CA.keys().getPrivate().getEncoded();
        return List.of(
                new Object[] {new byte[0], "the file is empty; expected certificates"},
                new Object[] {ascii("\n\n"), "no certificate in the file; expected"},
                new Object[] {ascii("serial,status\n01,good\n"), "no certificate in the file"},
                new Object[] {ascii("\u00ff\u00fe-\0-\0"), "UTF-16"},
                new Object[] {ascii("\u001f\u008b\b"), "compressed"},
                new Object[] {ascii(TestCa.pem("PRIVATE KEY", key)), "line 1: a private key"},
                new Object[] {key, "offset 0: neither a certificate nor anything known"},
                new Object[] {PKCS7, "offset 0: a PKCS #7 message: extract its certificates first"},
                new Object[] {ascii(pem(ONE).replace("MII", "%II")), "line 1: the block is not"},
                new Object[] {Arrays.copyOf(der(ONE), 200), "offset 0: the file ends inside"});
    }

    @Test
    void a_missing_file_is_refused_whole(@TempDir Path directory) {
        Path missing = directory.resolve("missing.pem");

        assertThatThrownBy(() -> FeedRun.read(feed(ISSUERS), missing, ProgressListener.SILENT))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    @Requirement("CT-18")
    void an_rfc_9162_precertificate_is_refused_by_name() {
        byte[] message = cmsPrecertificate();
        String text = TestCa.pem("CMS", message) + pem(ONE);

        RecordingSink fromPem = read(ISSUERS, ascii(text));
        RecordingSink fromDer = read(ISSUERS, join(der(ONE), message, der(THREE)));

        assertThat(refusals(fromPem)).hasSize(1).allMatch(r -> r.contains("RFC 9162"));
        assertThat(refusals(fromDer)).hasSize(1).allMatch(r -> r.contains("(CT-18)"));
        assertThat(serials(fromDer)).containsExactly("11", "33");
    }

    static byte[] cmsPrecertificate() {
        byte[] type = ByteString.ofHex("06032b654e").toArray();
        byte[] content = DerWriter.encode(DerTag.SEQUENCE, type);
        byte[] version = {0x02, 0x01, 0x03, 0x31, 0x00};
        byte[] padding = DerWriter.encode(DerTag.OCTET_STRING, new byte[300]);
        byte[] data = DerWriter.encode(DerTag.SEQUENCE, join(version, content, padding));
        byte[] signedData = ByteString.ofHex("06092a864886f70d010702").toArray();
        return DerWriter.encode(DerTag.SEQUENCE, join(signedData, DerWriter.encode(0xa0, data)));
    }

    @Test
    void a_line_without_end_fills_no_memory_and_is_told() {
        byte[] octets = new byte[3 * CertificateReader.MAX_LINE];
        Arrays.fill(octets, (byte) 'A');

        RecordingSink sink = read(ISSUERS, join(ascii(pem(ONE)), octets, ascii("\n" + pem(TWO))));

        assertThat(serials(sink)).containsExactly("11", "22");
        assertThat(refusals(sink)).hasSize(1).allMatch(r -> r.contains("longer than"));
    }

    @Test
    void a_block_larger_than_any_certificate_is_told() {
        String text = TestCa.pem("CERTIFICATE", new byte[CertificateReader.MAX_CERTIFICATE + 9]);

        RecordingSink sink = read(ISSUERS, ascii(text + pem(ONE)));

        assertThat(serials(sink)).containsExactly("11");
        assertThat(refusals(sink)).hasSize(1).allMatch(r -> r.contains("longer than"));
    }

    @Test
    void progress_rises_to_the_files_end_in_each_pass() throws FeedRejectedException {
        for (byte[] octets : List.of(der(many(200)), ascii(pem(many(200))))) {
            List<Long> heard = new ArrayList<>();

            read(feed(ISSUERS), octets, heard::add);

            int second = heard.lastIndexOf(0L);
            assertThat(heard.subList(0, second)).isSorted().endsWith((long) octets.length);
            assertThat(heard.subList(second, heard.size()))
                    .isSorted()
                    .endsWith((long) octets.length)
                    .hasSizeGreaterThan(2);
        }
    }

    @Test
    void reads_a_large_bundle_in_order() {
        RecordingSink sink = read(ISSUERS, der(many(300)));

        assertThat(sink.changes()).hasSize(300);
        assertThat(sink.refusals()).isEmpty();
    }

    private static X509CertificateHolder[] many(int count) {
        X509CertificateHolder[] all = new X509CertificateHolder[count];
        Arrays.setAll(all, i -> i % 2 == 0 ? ONE : TWO);
        return all;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
