package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.request.Requests;

/// Paths seen in the wild, and the cases other responders test themselves with.
@EnabledIfEnvironmentVariable(named = "PRECERT_OCSP_VECTORS", matches = ".+")
final class HttpCorpusTest {
    private static final String GET = "GET %s HTTP/1.1\r\nHost: x\r\n\r\n";

    /// Paths under a prefix of their own; the rest are under `/`.
    private static final Map<String, String> PREFIXES =
            Map.of("/gsr2/", "/gsr2", "/gts1o1/", "/gts1o1", "/gts1o1core/", "/gts1o1core");

    @Test
    @Requirement({"HT-03", "HT-04", "HT-05"})
    void every_path_seen_in_the_wild_reaches_the_source() throws IOException {
        List<String> paths =
                Files.readAllLines(
                                Path.of(System.getenv("PRECERT_OCSP_VECTORS"), "ocsp/get_urls.tsv"))
                        .stream()
                        .map(line -> line.split("\t", -1)[0])
                        .filter(path -> path.startsWith("/"))
                        .toList();
        assertThat(paths).hasSizeGreaterThan(10);
        for (String path : paths) {
            try (TestServer server = TestServer.under(prefix(path))) {
                assertThat(server.ask(GET.formatted(path)).body())
                        .as(path)
                        .isEqualTo(FakeSource.DER);
                assertThat(server.source.asked).hasSize(1);
                OcspRequest query = server.source.asked.getFirst();
                // One client leaves the digest parameters out (trustd).
                assertThat(query.certIds().getFirst().parameters())
                        .isEqualTo(
                                path.startsWith("/ME8wTT")
                                        ? DigestParameters.ABSENT
                                        : DigestParameters.NULL);
            }
        }
    }

    /// Their expectations differ; ours follow HT-19: what OCSP refuses travels with 200, what HTTP
    /// refuses has its own status.
    @Test
    @Requirement({"HT-16", "HT-19", "RP-03"})
    void the_cases_of_other_responders() {
        try (TestServer server = TestServer.start()) {
            // 405, as there.
            assertThat(server.ask("OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n").status()).isEqualTo(405);
            // 400 there; the path is the OCSP request, so OCSP says what is wrong with it.
            assertMalformed(server.ask(GET.formatted("/%ZZFQwUjBQ")));
            assertMalformed(server.ask(GET.formatted("/==MFQwUjBQ")));
            assertMalformed(server.ask(GET.formatted("/Msdfsfsdf")));
            // 400 there; the status for too much is 413, and the body still speaks OCSP.
            assertTooLarge(server.ask(post("a".repeat(10_001))));
            // The first octet 0x44 is no SEQUENCE.
            byte[] wrong = Requests.plain();
            wrong[0] = 0x44;
            assertMalformed(server.ask(post(latin(wrong))));
            // Malformed with 200 there. Within the limit we agree; beyond it we do not read on.
            assertMalformed(server.ask(post(latin(Requests.plain()) + "\0".repeat(100))));
            assertTooLarge(server.ask(post(latin(Requests.plain()) + "\0".repeat(1_000_010))));
            assertTooLarge(server.ask(post(latin(Requests.plain()) + "{".repeat(200_000))));
            // 101 single requests are over our limit of ten as well.
            byte[][] many = new byte[101][];
            Arrays.fill(many, Requests.single(Requests.sha1CertId("01")));
            byte[] crowd = Requests.request(Requests.tbs(Requests.list(many)));
            assertThat(crowd).hasSizeGreaterThan(5000);
            assertTooLarge(server.ask(post(latin(crowd))));
            byte[][] eleven = Arrays.copyOf(many, 11);
            byte[] group = Requests.request(Requests.tbs(Requests.list(eleven)));
            assertMalformed(server.ask(post(latin(group))));
            // Two in one GET reach the source in order.
            byte[] two =
                    Requests.request(
                            Requests.tbs(
                                    Requests.list(
                                            Requests.single(Requests.sha1CertId("01")),
                                            Requests.single(Requests.sha1CertId("02")))));
            server.ask(GET.formatted("/" + Base64.getEncoder().encodeToString(two)));
            assertThat(server.source.asked.getFirst().certIds())
                    .extracting(id -> id.serial().toHex())
                    .containsExactly("01", "02");
        }
    }

    /// internalError there. The length is what HTTP says it is: the first 1000 octets are a
    /// malformed request, and what follows them is no HTTP.
    @Test
    void more_octets_than_announced_are_no_part_of_the_request() {
        try (TestServer server = TestServer.start();
                Wire wire = server.connect()) {
            byte[] body = Requests.filled(200_000, 5);
            System.arraycopy(Requests.hex("3083030d3b0506"), 0, body, 0, 7);
            wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n").send(body);

            assertMalformed(wire.reply());
            assertThat(wire.reply().status()).isEqualTo(400);
        }
    }

    private static String prefix(String path) {
        return PREFIXES.entrySet().stream()
                .filter(entry -> path.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("/");
    }

    private static void assertMalformed(Wire.Reply reply) {
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body().toHex()).isEqualTo("30030a0101");
    }

    private static void assertTooLarge(Wire.Reply reply) {
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.body().toHex()).isEqualTo("30030a0101");
    }

    private static String post(String body) {
        return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String latin(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
