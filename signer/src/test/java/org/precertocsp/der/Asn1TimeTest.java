package org.precertocsp.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Asn1TimeTest {
    @ParameterizedTest
    @CsvSource({
        "260102030405Z, 2026-01-02T03:04:05Z",
        "491231235959Z, 2049-12-31T23:59:59Z",
        "500101000000Z, 1950-01-01T00:00:00Z",
        "2601020304Z, 2026-01-02T03:04:00Z",
        "260102030405+0100, 2026-01-02T02:04:05Z",
        "260102030405-0130, 2026-01-02T04:34:05Z",
    })
    void utc_time_is_read_with_its_zone(String text, Instant expected) {
        assertThat(utc(text)).isEqualTo(expected);
    }

    @Test
    void generalized_time_has_four_year_digits_and_may_have_a_fraction() {
        byte[] text = "x20500102030405.75Z".getBytes(StandardCharsets.US_ASCII);

        assertThat(Asn1Time.generalizedTime(text, 1, text.length - 1))
                .isEqualTo("2050-01-02T03:04:05Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "260102030405",
                "261302030405Z",
                "260230030405Z",
                "260102030405Zx",
                "260102030405+9900",
                "26010203040",
                "26010203040aZ",
                "260102030405.Z"
            })
    void anything_else_is_no_time(String text) {
        assertThatThrownBy(() -> utc(text)).isInstanceOf(DateTimeException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000-01-01T00:00:00Z",
                "1969-12-31T23:59:59Z",
                "2024-02-29T10:20:30Z",
                "9999-12-31T23:59:59Z"
            })
    void the_text_of_a_time_is_the_one_of_java(String text) {
        assertThat(Asn1Time.iso8601(Instant.parse(text))).isEqualTo(text);
    }

    private static Instant utc(String text) {
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        return Asn1Time.utcTime(octets, 0, octets.length);
    }
}
