package org.precertocsp.responder.intake.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.CertificateFingerprint;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// What becomes of real certificates and precertificates, file by file, and why.
@EnabledIfEnvironmentVariable(named = "PRECERT_OCSP_VECTORS", matches = ".+")
final class CertificateCorpusTest {
    private static final Path VECTORS =
            Path.of(System.getenv().getOrDefault("PRECERT_OCSP_VECTORS", ""));

    /// The issuers configured here, beside all of `ct/issuers`. What others issued is refused.
    private static final List<String> ISSUER_FILES =
            List.of(
                    "pairs/ca-cert.pem",
                    "pairs/intermediate-cert.pem",
                    "pairs/test-colliding-root1.pem",
                    "pairs/test-colliding-root2.pem",
                    "certs/rustls-webpki/inter__564dbc6a.der",
                    "certs/Mbed-TLS-mbedtls-framework/test-ca__07f8f594.der",
                    "certs/google-boringssl/deltaCRLCA1Cert__f594d15c.der",
                    "certs/google-boringssl/NegativeSerialNumberCACert__7335a502.der",
                    "certs/google-boringssl/good_issuer_no_keyusage__41adb37f.der");

    private static final List<String> SIGNER_FILES =
            List.of("pairs/ca-pre-cert.pem", "pairs/intermediate-pre-cert.pem");

    private static final CertificateFeed FEED = feed();

    @ParameterizedTest
    @MethodSource("table")
    void every_file_comes_to_what_the_table_says(String file, List<String> expected)
            throws IOException {
        List<String> actual = outcomes(VECTORS.resolve(file));

        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i)).containsSubsequence(expected.get(i).split(" … "));
        }
    }

    @Test
    void the_table_names_every_file() throws IOException {
        List<String> files = new ArrayList<>();
        for (String folder : List.of("precerts/collected", "pairs", "certs")) {
            try (Stream<Path> found = Files.walk(VECTORS.resolve(folder))) {
                found.filter(Files::isRegularFile)
                        .map(file -> VECTORS.relativize(file).toString())
                        .forEach(files::add);
            }
        }

        assertThat(CertificateCorpus.expected().keySet())
                .containsExactlyInAnyOrderElementsOf(files);
    }

    @Test
    @Requirement({"SS-01", "CT-01"})
    void every_precertificate_of_the_tile_is_assigned_without_a_remark() throws IOException {
        try (Stream<Path> found = Files.list(VECTORS.resolve("precerts/tesseract-example-tile"))) {
            List<Path> files = found.toList();
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                assertThat(outcomes(file)).singleElement().asString().startsWith("precertificate ");
            }
        }
    }

    /// A CT log computed the same content, and signed it.
    @ParameterizedTest
    @CsvSource({
        "tesseract-example_tile.json,256",
        "certificate-transparency-go-logclient_test.json,1"
    })
    @Requirement({"CT-04", "SS-13"})
    void content_is_what_a_ct_log_made_of_the_precertificate(String file, int precertificates)
            throws IOException, MalformedDerException {
        JsonNode answer =
                new ObjectMapper().readTree(VECTORS.resolve("ct/get-entries/" + file).toFile());
        int seen = 0;
        for (JsonNode entry : answer.get("entries")) {
            ByteBuffer leaf = base64(entry.get("leaf_input"));
            if (leaf.getShort(10) == 1) {
                ByteString logged = vector24(leaf.position(44));
                RawCertificate fed =
                        RawCertificate.parse(vector24(base64(entry.get("extra_data"))));
                assertThat(TbsNormalizer.tbs(fed, Optional.empty())).isEqualTo(logged);
                seen++;
            }
        }
        assertThat(seen).isEqualTo(precertificates);
    }

    @ParameterizedTest
    @CsvSource({
        "test-embedded-pre-cert.pem, test-embedded-cert.pem",
        "test-embedded-pre-cert.pem, test-invalid-embedded-cert.pem",
        "test-embedded-with-preca-pre-cert.pem, test-embedded-with-preca-cert.pem",
        "test-embedded-with-intermediate-pre-cert.pem, test-embedded-with-intermediate-cert.pem",
        "test-embedded-with-intermediate-preca-pre-cert.pem,"
                + " test-embedded-with-intermediate-preca-cert.pem"
    })
    @Requirement({"SS-02", "SS-11", "SS-13"})
    void pairs_agree_in_key_and_content(String precertificate, String certificate)
            throws FeedRejectedException {
        StatusChange.Assign before = only(VECTORS.resolve("pairs").resolve(precertificate));
        StatusChange.Assign after = only(VECTORS.resolve("pairs").resolve(certificate));

        assertThat(before.by()).isEqualTo(AssignedBy.PRECERTIFICATE);
        assertThat(after.by()).isEqualTo(AssignedBy.CERTIFICATE);
        assertThat(before.key()).isEqualTo(after.key());
        assertThat(content(before)).isEqualTo(content(after));
        assertThat(before.notAfter()).isEqualTo(after.notAfter());
    }

    @Test
    @Requirement("SS-12")
    void precertificates_of_different_serials_never_agree() throws FeedRejectedException {
        List<ByteString> contents = new ArrayList<>();
        for (String name :
                List.of(
                        "test-embedded-pre-cert.pem",
                        "test-embedded-with-preca-pre-cert.pem",
                        "test-embedded-with-intermediate-pre-cert.pem",
                        "test-embedded-with-intermediate-preca-pre-cert.pem")) {
            contents.add(content(only(VECTORS.resolve("pairs").resolve(name))));
        }

        assertThat(contents).doesNotHaveDuplicates();
    }

    private static StatusChange.Assign only(Path file) throws FeedRejectedException {
        List<StatusChange.Assign> changes =
                FeedRun.assigned(FeedRun.read(FEED, file, ProgressListener.SILENT));
        assertThat(changes).hasSize(1);
        return changes.getFirst();
    }

    private static ByteString content(StatusChange.Assign change) {
        return change.commitment().map(CertificateFingerprint::contentSha256).orElseThrow();
    }

    private static ByteBuffer base64(JsonNode node) {
        return ByteBuffer.wrap(Base64.getDecoder().decode(node.asText()));
    }

    private static ByteString vector24(ByteBuffer from) {
        int length = (from.get() & 0xff) << 16 | (from.getShort() & 0xffff);
        byte[] octets = new byte[length];
        from.get(octets);
        return ByteString.of(octets);
    }

    private static List<String> outcomes(Path file) {
        try {
            RecordingSink sink = FeedRun.read(FEED, file, ProgressListener.SILENT);
            List<String> all = new ArrayList<>();
            for (StatusChange.Assign change : FeedRun.assigned(sink)) {
                String by = change.by().name().toLowerCase(Locale.ROOT);
                all.add(by + " " + change.key().serial());
            }
            FeedRun.refusals(sink).forEach(r -> all.add("refused " + r));
            FeedRun.warnings(sink).forEach(r -> all.add("warned " + r));
            return all;
        } catch (FeedRejectedException e) {
            return List.of("file refused " + e.getMessage());
        }
    }

    static List<Object[]> table() {
        return CertificateCorpus.expected().entrySet().stream()
                .map(entry -> new Object[] {entry.getKey(), entry.getValue()})
                .toList();
    }

    private static CertificateFeed feed() {
        List<ConfiguredIssuer> issuers = new ArrayList<>();
        try (Stream<Path> authorities = Files.list(VECTORS.resolve("ct/issuers"))) {
            Stream<Path> named = ISSUER_FILES.stream().map(VECTORS::resolve);
            Stream<Path> logged = authorities.filter(f -> f.toString().endsWith(".der")).sorted();
            for (Path file : Stream.concat(named, logged).toList()) {
                issuers.add(issuer(file));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        PrecertificateSigningCertificates signers =
                PrecertificateSigningCertificates.none(new ConfiguredIssuer.Directory(issuers));
        for (String file : SIGNER_FILES) {
            signers = signers.withThoseIn(VECTORS.resolve(file));
        }
        return new CertificateFeed(signers);
    }

    private static ConfiguredIssuer issuer(Path file) throws IOException {
        try (CertificateReader blocks =
                CertificateFileFormat.open(file, ProgressListener.SILENT, _ -> {})) {
            CertificateBlock.Framed block = (CertificateBlock.Framed) blocks.next().orElseThrow();
            return new ConfiguredIssuer(
                    String.valueOf(file.getFileName()),
                    List.of(IssuerCertificate.parse(block.der())),
                    IssuerProfile.TLS);
        } catch (FeedRejectedException | InvalidCertificateException e) {
            throw new IllegalStateException(e);
        }
    }
}
