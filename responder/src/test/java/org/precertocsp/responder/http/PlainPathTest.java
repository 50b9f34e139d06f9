package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.Octets;

/// Decodes what it takes to the same octets as the decoder that knows every spelling.
final class PlainPathTest {
    private final PlainPath path = new PlainPath(4000);

    @ParameterizedTest
    @CsvSource({
        "MFE=, 3051",
        "MFE, 3051",
        "MFE%3D, 3051",
        "MA%3d%3D, 30",
        "M%2B%2f/, 33efff",
        "M-_/, 33efff",
        "MFFR%2BQ, 305151f9",
    })
    @Requirement({"HT-03", "HT-04"})
    void the_common_spellings_are_decoded(String text, String hex) {
        assertThat(read(text)).isTrue();
        assertThat(decoded().toHex()).isEqualTo(hex);
        assertThat(path.end()).isEqualTo(text.length());
    }

    @ParameterizedTest
    @CsvSource({"M", "MFFRM", "MFE===", "MFE%3D%3D%3D"})
    void what_is_no_base64_is_left_alone(String text) {
        assertThat(read(text)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"MFE=M, 4", "MFE%20, 3", "MFE?, 3", "MFE%, 3", "MFE%2, 3", "MFE%25, 3"})
    void anything_else_ends_the_path(String text, int end) {
        assertThat(!read(text) || path.end() < text.length()).isTrue();
        assertThat(path.end()).isLessThanOrEqualTo(end + 2);
    }

    @Property
    void every_request_is_decoded(@ForAll @Size(max = 300) byte[] octets) {
        String text = Base64.getEncoder().encodeToString(octets);

        assertThat(read(text.replace("+", "%2B").replace("/", "%2f").replace("=", "%3D"))).isTrue();
        assertThat(decoded()).isEqualTo(Octets.of(octets));
        assertThat(read(text)).isTrue();
        assertThat(decoded()).isEqualTo(Octets.of(octets));
    }

    @Property(tries = 3000)
    void a_path_taken_is_decoded_as_by_the_other_decoder(@ForAll("paths") String text) {
        if (read("M" + text) && path.end() == text.length() + 1) {
            assertThat(GetPath.decode("M" + text)).contains(decoded());
        }
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of(
                        "A", "z", "9", "+", "/", "-", "_", "=", "%2B", "%2f", "%3D", "%", "%25",
                        "2", " ")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    private boolean read(String text) {
        return path.read(text.getBytes(StandardCharsets.ISO_8859_1), 0, text.length());
    }

    private Octets decoded() {
        return Octets.of(path.octets(), 0, path.length());
    }
}
