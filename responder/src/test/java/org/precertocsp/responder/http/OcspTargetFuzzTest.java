package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// No path makes the decoder throw, and what one path means, its plain spelling means too.
final class OcspTargetFuzzTest {
    @MethodSource("seeds")
    @FuzzTest(maxDuration = "3s")
    void any_target_is_decoded_or_refused(byte[] text) {
        OcspTarget target = new OcspTarget("/ocsp", 4000);
        OcspTarget.Meaning meaning = target.read(text, 0, text.length);
        byte[] der = Arrays.copyOf(target.der(), target.length());
        // Bytes of zero would begin with slashes, which no OCSPRequest does.
        if (meaning == OcspTarget.Meaning.DECODED && der.length > 0 && der[0] == 0x30) {
            String plain = "/ocsp/" + Base64.getEncoder().encodeToString(der);
            byte[] bytes = plain.getBytes(StandardCharsets.ISO_8859_1);
            assertThat(target.read(bytes, 0, bytes.length)).isEqualTo(OcspTarget.Meaning.DECODED);
            assertThat(Arrays.copyOf(target.der(), target.length())).isEqualTo(der);
        }
    }

    static Stream<byte[]> seeds() throws IOException {
        Stream<String> own =
                Stream.of(
                        "/ocsp/MFEwTzBNMEswSTAJBgUrDgMCGgUABBSA%2FsBY%3D",
                        "//ocsp//MFE//a+b",
                        "http://host/ocsp/MF%252F%20?x",
                        "/ocsp/%ZZ",
                        "/ocsp/====",
                        "?",
                        "");
        return Stream.concat(own, vectors()).map(each -> each.getBytes(StandardCharsets.UTF_8));
    }

    private static Stream<String> vectors() throws IOException {
        String folder = System.getenv("PRECERT_OCSP_VECTORS");
        return folder == null
                ? Stream.of()
                : Files.readAllLines(Path.of(folder, "ocsp", "get_urls.tsv")).stream()
                        .map(line -> "/ocsp" + line.split("\t", -1)[0]);
    }
}
