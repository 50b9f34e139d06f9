package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;

final class OcspTargetTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "MPv////7774=",
                "MPv%2F%2F%2F%2F7774%3D",
                "MPv%2f%2f%2f%2f7774%3d",
                "MPv////7774",
                "MPv____7774=",
                "MPv%252F%252F%252F%252F7774%253D",
                "MPv%252f//%2F7774%3D",
                "%4dPv////7774=",
                "/MPv////7774=",
                "%2FMPv////7774=",
                "MPv////7774=%0A",
                "MPv////%0D%0A7774=",
            })
    @Requirement({"HT-03", "HT-04"})
    void one_request_has_many_spellings(String path) {
        assertThat(decoded(path)).contains(ByteString.ofHex("30fbfffffffbefbe"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MPv+AA==", "MPv%2BAA==", "MPv%2bAA%3D%3D", "MPv%20AA", "MPv-AA"})
    @Requirement("HT-03")
    void a_plus_is_never_a_blank(String path) {
        assertThat(decoded(path)).contains(ByteString.ofHex("30fbfe00"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%ZZFQwUjBQ",
                "MFQ%",
                "MFQ%2",
                "MFQ%2G",
                "==MFQw",
                "MF=Q",
                "M",
                "MFQwU",
                "MFQ\u00ff",
                "MFQ%FF",
                "MFQ*",
                "MFQw====",
                "MFQ%25252F",
                "MFQ.",
                "MFQ%00",
                "M FQ~"
            })
    @Requirement("HT-03")
    void what_is_no_base64_is_nothing(String path) {
        assertThat(decoded(path)).isEmpty();
    }

    @Test
    void nothing_is_no_octets() {
        assertThat(decoded("")).contains(ByteString.of());
    }

    @Property(tries = 300)
    @Requirement({"HT-03", "HT-04"})
    void every_request_survives_every_encoding(@ForAll @Size(max = 80) byte[] tail) {
        byte[] der = new byte[tail.length + 1];
        der[0] = 0x30;
        System.arraycopy(tail, 0, der, 1, tail.length);
        String plain = Base64.getEncoder().encodeToString(der);
        String escaped = URLEncoder.encode(plain, StandardCharsets.US_ASCII);
        String lower = escaped.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d");

        assertThat(decoded(plain)).contains(ByteString.of(der));
        assertThat(decoded(escaped)).contains(ByteString.of(der));
        assertThat(decoded(lower)).contains(ByteString.of(der));
        assertThat(decoded(plain.replace("=", ""))).contains(ByteString.of(der));
        assertThat(decoded(plain.replace("+", "%20"))).contains(ByteString.of(der));
        assertThat(decoded(Base64.getUrlEncoder().encodeToString(der)))
                .contains(ByteString.of(der));
    }

    @ParameterizedTest
    @CsvSource({
        "/, /MFE, MFE",
        "/, //MFE, MFE",
        "/, ///MFE//a/, MFE//a/",
        "/, /, ''",
        "/, http://ocsp.example, ''",
        "/, http://ocsp.example/MFE//a, MFE//a",
        "/, HTTP://ocsp.example:80//MFE, MFE",
        "/, https://ocsp.example/MFE, MFE",
        "/, /MFE?nocache=1, MFE",
        "/, /?, ''",
        "/, '*', '*'",
        "/ocsp, /ocsp, ''",
        "/ocsp, /ocsp/, ''",
        "/ocsp/, /ocsp//MFE/, MFE/",
        "/ocsp, //ocsp/MFE, MFE",
        "ocsp/r1, /ocsp/r1/MFE, MFE",
        "/ocsp, http://h/ocsp/MFE?x=/y, MFE"
    })
    @Requirement({"HT-03", "HT-04"})
    void the_path_of_the_endpoint_is_taken_off(String path, String target, String rest) {
        assertThat(rest(path, target)).contains(rest);
    }

    @ParameterizedTest
    @CsvSource({"/ocsp, /MFE", "/ocsp, /ocspMFE", "/ocsp, /", "/ocsp, /OCSP/MFE", "/a/b, /a/MFE"})
    void other_paths_are_elsewhere(String path, String target) {
        assertThat(rest(path, target)).isEmpty();
    }

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
    void common_spellings_are_decoded_in_one_pass(String text, String hex) {
        assertThat(usual(text + " HTTP")).isEqualTo(text.length() + 1);
        assertThat(last().toHex()).isEqualTo(hex);
    }

    @ParameterizedTest
    @ValueSource(strings = {"M", "MFFRM", "MFE===", "MFE%3D%3D%3D", "", "/", "%4DFE"})
    void other_spellings_are_not_taken_in_one_pass(String text) {
        assertThat(usual(text)).isNegative();
    }

    @ParameterizedTest
    @CsvSource({"MFE=M, 4", "MFE%20, 3", "MFE?, 3", "MFE%, 3", "MFE%2, 3", "MFE%25, 3"})
    void one_pass_ends_at_the_first_byte_that_is_no_base64(String text, int end) {
        assertThat(usual(text)).isEqualTo(1 + end);
    }

    @Property
    void every_request_is_decoded_in_one_pass(@ForAll @Size(max = 300) byte[] tail) {
        byte[] der = new byte[tail.length + 1];
        der[0] = 0x30;
        System.arraycopy(tail, 0, der, 1, tail.length);
        String text = Base64.getEncoder().encodeToString(der);
        String escaped = text.replace("+", "%2B").replace("/", "%2f").replace("=", "%3D");

        assertThat(usual(escaped)).isEqualTo(1 + escaped.length());
        assertThat(last()).isEqualTo(ByteString.of(der));
        assertThat(usual(text)).isEqualTo(1 + text.length());
        assertThat(last()).isEqualTo(ByteString.of(der));
    }

    @Property(tries = 3000)
    void what_one_pass_takes_means_the_same_to_the_tolerant_reader(@ForAll("paths") String text) {
        String path = "M" + text;
        if (usual(path) == path.length() + 1) {
            ByteString inOnePass = last();

            assertThat(target.readTolerantly(bytes("/" + path), 0, path.length() + 1))
                    .isEqualTo(OcspTarget.Meaning.DECODED);
            assertThat(last()).isEqualTo(inOnePass);
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

    private final OcspTarget target = new OcspTarget("/", 4000);

    private int usual(String path) {
        byte[] text = bytes("/" + path);
        return target.readUsual(text, 0, text.length);
    }

    private ByteString last() {
        return ByteString.of(target.der(), 0, target.length());
    }

    private Optional<ByteString> decoded(String path) {
        byte[] text = bytes("/" + path);
        return target.read(text, 0, text.length) == OcspTarget.Meaning.DECODED
                ? Optional.of(last())
                : Optional.empty();
    }

    private static Optional<String> rest(String path, String text) {
        OcspTarget target = new OcspTarget(path, 4000);
        int from = target.within(bytes(text), 0, text.length());
        return from < 0 ? Optional.empty() : Optional.of(text.substring(from, target.pathEnd()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
