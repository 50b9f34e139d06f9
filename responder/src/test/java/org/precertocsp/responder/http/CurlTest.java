package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.RequiredTools;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.request.Requests;

/// A real client with the awkward encodings.
final class CurlTest {
    /// Name and key hashes whose base64 holds `+`, `/` and `//`.
    private static final byte[] AWKWARD =
            Requests.request(
                    Requests.tbs(
                            Requests.list(
                                    Requests.single(
                                            Requests.tlv(
                                                    0x30,
                                                    Requests.tlv(0x30, Requests.hex(Requests.SHA1)),
                                                    Requests.tlv(4, Requests.filled(20, 0xff)),
                                                    Requests.tlv(4, Requests.filled(20, 0xfb)),
                                                    Requests.tlv(2, Requests.hex("0102")))))));

    private static final String BASE64 = Base64.getEncoder().encodeToString(AWKWARD);

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"/", "//", "///"})
    @Requirement({"HT-01", "HT-03", "HT-04"})
    void a_get_arrives_whole_however_it_is_written(String slashes) throws Exception {
        assertThat(BASE64).contains("//").contains("+");
        String upper = BASE64.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
        String lower = BASE64.replace("+", "%2b").replace("/", "%2f").replace("=", "%3d");
        for (String path : List.of(BASE64, upper, lower, BASE64.replace("+", "%20"))) {
            try (TestServer server = TestServer.start()) {
                ByteString body = curl("--path-as-is", server.uri("") + slashes + path);

                assertThat(body).isEqualTo(FakeSource.DER);
                assertThat(server.source.asked.getFirst().certIds().getFirst().issuerNameHash())
                        .isEqualTo(ByteString.of(Requests.filled(20, 0xff)));
            }
        }
    }

    @Test
    @Requirement("HT-02")
    void a_post_arrives_whole_with_and_without_waiting_for_leave() throws Exception {
        Path request = Files.write(folder.resolve("request.der"), AWKWARD);
        try (TestServer server = TestServer.start()) {
            String uri = server.uri("/").toString();
            String data = "@" + request;

            assertThat(curl("--data-binary", data, uri)).isEqualTo(FakeSource.DER);
            assertThat(curl("--data-binary", data, "-H", "Expect: 100-continue", uri))
                    .isEqualTo(FakeSource.DER);
            assertThat(curl("--data-binary", data, "-H", "Transfer-Encoding: chunked", uri))
                    .isEqualTo(FakeSource.DER);
            assertThat(curl("--data-binary", data, "-0", uri)).isEqualTo(FakeSource.DER);
        }
    }

    private ByteString curl(String... arguments) throws Exception {
        Path out = folder.resolve("out");
        List<String> command =
                new ArrayList<>(
                        List.of(RequiredTools.program("curl").toString(), "-sS", "-m", "10"));
        command.addAll(List.of("-o", out.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return ByteString.of(Files.readAllBytes(out));
    }
}
