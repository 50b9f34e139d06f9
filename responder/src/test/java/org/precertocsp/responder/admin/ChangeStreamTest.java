package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.admin.TestApiServer.lines;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.precertocsp.Requirement;

/// Streams of facts, one a line.
@Timeout(180)
final class ChangeStreamTest extends SharedApiServer {
    private static HttpResponse<String> stream(String role, String facts, String lines) {
        return api.send(role, "POST", facts, lines, "Content-Type", "application/x-ndjson");
    }

    private static String announcement(int serial) {
        return "{\"issuer\": \"tls\", \"serial\": \"%x\"}".formatted(serial);
    }

    @Test
    void each_line_has_its_result_in_order_and_the_last_line_sums_up() {
        String body =
                announcement(1)
                        + "\n\nno json\r\n"
                        + announcement(2)
                        + "\n{\"issuer\": \"tls\", \"serial\": \"2\", \"colour\": \"red\"}\n"
                        + announcement(1);

        List<JsonNode> results = lines(stream("issuer", "announcements", body).body());

        assertThat(results)
                .extracting(it -> it.path("line").asInt())
                .containsExactly(1, 3, 4, 5, 6, 0);
        assertThat(results)
                .extracting(it -> it.path("receipt").path("outcome").asText())
                .containsExactly("added", "", "added", "", "unchanged", "");
        assertThat(results.get(3).path("problem").path("field").asText()).isEqualTo("colour");
        JsonNode end = results.getLast();
        assertThat(end.path("end").asBoolean()).isTrue();
        assertThat(end.path("done").asInt()).isEqualTo(3);
        assertThat(end.path("refused").asInt()).isEqualTo(2);
    }

    @Test
    @Requirement("CR-23")
    void a_long_stream_is_done_whole() {
        int count = 3_000;
        String body =
                IntStream.range(0, count)
                        .mapToObj(
                                i ->
                                        "{\"issuer\": \"tls\", \"serial\": \"7%06x\", \"unknownSerial\": true, \"reason\": \"keyCompromise\"}"
                                                .formatted(i))
                        .collect(Collectors.joining("\n"));

        List<JsonNode> results = lines(stream("revoker", "revocations", body).body());

        assertThat(results).hasSize(count + 1);
        assertThat(results.getLast().path("done").asInt()).isEqualTo(count);
        assertThat(results.get(count - 1).path("receipt").path("state").asText())
                .isEqualTo("revoked");
    }

    @Test
    void amendments_of_one_serial_in_one_stream_see_each_other() {
        stream(
                "revoker",
                "revocations",
                "{\"issuer\": \"tls\", \"serial\": \"51\", \"unknownSerial\": true, \"reason\":"
                        + " \"superseded\"}");
        String[] reasons = {"keyCompromise", "cessationOfOperation", "keyCompromise"};
        StringBuilder body = new StringBuilder();
        for (String reason : reasons) {
            body.append(
                    "{\"issuer\": \"tls\", \"serial\": \"51\", \"reason\": \"%s\"}\n"
                            .formatted(reason));
        }

        List<JsonNode> results = lines(stream("revoker", "amendments", body.toString()).body());

        assertThat(results)
                .extracting(it -> it.path("receipt").path("outcome").asText())
                .containsExactly("changed", "changed", "changed", "");
        JsonNode history =
                TestApiServer.json(api.get("viewer", "issuers/tls/serials/51")).path("history");
        assertThat(history.findValuesAsText("what"))
                .contains(
                        "reason superseded → keyCompromise",
                        "reason keyCompromise → cessationOfOperation",
                        "reason cessationOfOperation → keyCompromise");
    }

    @Test
    void a_result_comes_while_the_stream_is_still_open() throws Exception {
        try (SSLSocket socket =
                (SSLSocket)
                        api.authority
                                .client("issuer")
                                .context()
                                .getSocketFactory()
                                .createSocket("127.0.0.1", api.server.port().orElseThrow())) {
            OutputStream out = socket.getOutputStream();
            write(
                    out,
                    """
                    POST /v1/announcements HTTP/1.1\r
                    Host: 127.0.0.1\r
                    Content-Type: application/x-ndjson\r
                    Transfer-Encoding: chunked\r
                    \r
                    """);
            BufferedReader in = reader(socket.getInputStream());

            chunk(out, announcement(0x601) + "\n");
            assertThat(await(in, "\"line\":1")).contains("\"announced\"");
            chunk(out, announcement(0x602) + "\n");
            assertThat(await(in, "\"line\":2")).contains("\"announced\"");
            write(out, "0\r\n\r\n");
            assertThat(await(in, "\"end\":true")).contains("\"lines\":2");
        }
    }

    @Test
    void a_line_that_is_too_long_does_not_harm_the_others() {
        String body = "x".repeat(RequestBodies.MAX_LINE + 1) + "\n" + announcement(0x701);

        List<JsonNode> results = lines(stream("issuer", "announcements", body).body());

        assertThat(results.get(0).path("problem").path("status").asInt()).isEqualTo(413);
        assertThat(results.get(1).path("receipt").path("outcome").asText()).isEqualTo("added");
    }

    private static BufferedReader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    private static String await(BufferedReader in, String wanted) throws IOException {
        String line = in.readLine();
        while (line != null && !line.contains(wanted)) {
            line = in.readLine();
        }
        return String.valueOf(line);
    }

    private static void chunk(OutputStream out, String text) throws IOException {
        write(out, "%x\r\n%s\r\n".formatted(text.length(), text));
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
