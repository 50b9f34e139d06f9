package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.Octets;

final class GetPathTest {
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
        assertThat(GetPath.decode(path)).contains(Octets.ofHex("30fbfffffffbefbe"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MPv+AA==", "MPv%2BAA==", "MPv%2bAA%3D%3D", "MPv%20AA", "MPv-AA"})
    @Requirement("HT-03")
    void a_plus_is_never_a_blank(String path) {
        assertThat(GetPath.decode(path)).contains(Octets.ofHex("30fbfe00"));
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
        assertThat(GetPath.decode(path)).isEmpty();
    }

    @Test
    void nothing_is_no_octets() {
        assertThat(GetPath.decode("")).contains(Octets.of());
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

        assertThat(GetPath.decode(plain)).contains(Octets.of(der));
        assertThat(GetPath.decode(escaped)).contains(Octets.of(der));
        assertThat(GetPath.decode(lower)).contains(Octets.of(der));
        assertThat(GetPath.decode(plain.replace("=", ""))).contains(Octets.of(der));
        assertThat(GetPath.decode(plain.replace("+", "%20"))).contains(Octets.of(der));
        assertThat(GetPath.decode(Base64.getUrlEncoder().encodeToString(der)))
                .contains(Octets.of(der));
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
        assertThat(new OcspTarget(path).within(target)).contains(rest);
    }

    @ParameterizedTest
    @CsvSource({"/ocsp, /MFE", "/ocsp, /ocspMFE", "/ocsp, /", "/ocsp, /OCSP/MFE", "/a/b, /a/MFE"})
    void other_paths_are_elsewhere(String path, String target) {
        assertThat(new OcspTarget(path).within(target)).isEmpty();
    }
}
