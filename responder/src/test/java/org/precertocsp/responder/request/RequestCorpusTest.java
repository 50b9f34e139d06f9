package org.precertocsp.responder.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.HashAlgorithm;

/// Requests of many real clients, each with the verdict the rules give it.
@EnabledIfEnvironmentVariable(named = "PRECERT_OCSP_VECTORS", matches = ".+")
final class RequestCorpusTest {
    private static final String MALFORMED = "MALFORMED_REQUEST";
    private static final String UNAUTHORIZED = "UNAUTHORIZED";

    /// What is not plainly answered, by the start of its name, and why.
    private static final Map<String, String> REFUSED =
            Map.of(
                    // SHA-224 is no hash we serve (CI-10).
                    "sha224-certid-ocsp-req", UNAUTHORIZED,
                    // One of its five CertIDs is SHA-224, and one answer per CertID is due (RP-04).
                    "ocsp-multiple-requests-req", UNAUTHORIZED,
                    "ocsp-multiple-requests-nonce-req", UNAUTHORIZED,
                    // A private hash algorithm identifier (CI-10).
                    "req-invalid-hash-alg", UNAUTHORIZED,
                    // The nonce twice: which one to repeat?
                    "req-duplicate-ext", MALFORMED,
                    // INTEGER 00 05: padding before a positive octet (X.690 §8.3.2).
                    "good_response_invalid_serial", MALFORMED);

    private final OcspRequestDecoder decoder = new OcspRequestDecoder(new RequestLimits(10));

    @Test
    @Requirement({"CI-03", "CI-07", "CI-08", "CI-10", "NO-07"})
    void every_request_has_its_verdict() throws IOException {
        Map<String, String> verdicts = new HashMap<>();
        Map<String, String> expected = new HashMap<>();
        for (Path file : files("requests")) {
            String name = file.getFileName().toString().replaceFirst("__.*", "");
            verdicts.merge(name, verdict(Files.readAllBytes(file)), (one, other) -> one);
            expected.put(name, REFUSED.getOrDefault(name, "understood"));
        }

        assertThat(verdicts).hasSizeGreaterThan(25).isEqualTo(expected);
    }

    @Test
    void the_interesting_requests_are_read_right() throws IOException {
        assertThat(query("req-ext-nonce").nonce()).isPresent();
        assertThat(query("ocsp-multiple-exts-clean-req").nonce()).isPresent();
        assertThat(query("req-ext-unknown-oid").nonce()).isEmpty();
        assertThat(query("req-multi-sha1").certIds()).hasSize(2);
        // requestorName and a signature with its certificates, all of it ignored.
        assertThat(query("ocsp_request_attached_cert").certIds()).hasSize(1);
        assertThat(query("sha512-certid-ocsp-req").certIds().getFirst().hashAlgorithm())
                .isEqualTo(HashAlgorithm.SHA512);
    }

    @Test
    @Requirement("RP-03")
    void hostile_octets_and_responses_are_malformed_requests() throws IOException {
        for (String folder : List.of("fuzz-responses", "responses")) {
            for (Path file : files(folder)) {
                assertThat(verdict(Files.readAllBytes(file)))
                        .as(file.toString())
                        .isEqualTo(MALFORMED);
            }
        }
    }

    private String verdict(byte[] der) {
        return switch (decoder.decode(der)) {
            case RejectedRequest rejected -> rejected.error().name();
            case OcspRequest _ -> "understood";
        };
    }

    private OcspRequest query(String name) throws IOException {
        Path file =
                files("requests").stream()
                        .filter(path -> path.getFileName().toString().startsWith(name + "__"))
                        .findFirst()
                        .orElseThrow();
        return (OcspRequest) decoder.decode(Files.readAllBytes(file));
    }

    private static List<Path> files(String folder) throws IOException {
        Path root = Path.of(System.getenv("PRECERT_OCSP_VECTORS"), "ocsp", folder);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
