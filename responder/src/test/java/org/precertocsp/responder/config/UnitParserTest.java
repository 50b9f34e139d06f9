package org.precertocsp.responder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UnitParserTest {
    @Property
    void a_duration_written_and_read_again_is_the_same(
            @ForAll @LongRange(min = 0, max = 400_000_000_000_000L) long millis)
            throws InvalidValueException {
        Duration duration = Duration.ofMillis(millis);

        assertThat(UnitParser.duration(UnitParser.text(duration))).isEqualTo(duration);
        assertThat(UnitParser.duration(duration.toString())).isEqualTo(duration);
    }

    @Property
    void a_size_written_and_read_again_is_the_same(
            @ForAll @LongRange(min = 0, max = 999_999_999) long bytes)
            throws InvalidValueException {
        assertThat(UnitParser.bytes(UnitParser.text(bytes))).isEqualTo(bytes);
        assertThat(UnitParser.bytes(UnitParser.text(bytes * 1024))).isEqualTo(bytes * 1024);
    }

    @ParameterizedTest
    @CsvSource({
        "48h, PT48H",
        "4d, PT96H",
        "500ms, PT0.5S",
        "1h30m, PT1H30M",
        "6d23h59m59s, PT167H59M59S",
        "0s, PT0S",
        "P4D, PT96H",
        "pt10s, PT10S",
        "2D, PT48H"
    })
    void durations_carry_their_units(String text, Duration duration) throws InvalidValueException {
        assertThat(UnitParser.duration(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "48",
                "h",
                "-4h",
                "4 hours",
                "1s2h",
                "P1M",
                "P1Y",
                "PT-1S",
                "PT1S1H",
                "1e3s",
                "9999999999d",
                "P99999999999999999999D",
                "5min",
                "1.5h"
            })
    void what_is_no_duration_is_refused_with_an_example(String text) {
        assertThatThrownBy(() -> UnitParser.duration(text))
                .isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "256MB, 256000000",
        "8KiB, 8192",
        "1 GiB, 1073741824",
        "5B, 5",
        "2KB, 2000",
        "3GB, 3000000000"
    })
    void sizes_carry_their_units(String text, long bytes) throws InvalidValueException {
        assertThat(UnitParser.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "256", "256 megabytes", "-1KB", "1.5MB", "8kib", "9999999999GB"})
    void what_is_no_size_is_refused(String text) {
        assertThatThrownBy(() -> UnitParser.bytes(text))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("as 256MB or 8KiB");
    }
}
