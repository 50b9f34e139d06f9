package org.precertocsp.responder.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimeParserTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-03-01T12:00:00Z| 2026-03-01T12:00:00Z",
                "2026-03-01T12:00:00.123456Z| 2026-03-01T12:00:00Z",
                "2026-03-01T12:00:00,5Z| 2026-03-01T12:00:00Z",
                "2026-03-01 12:00:00+00| 2026-03-01T12:00:00Z",
                "2026-03-01 12:00:00+00:00| 2026-03-01T12:00:00Z",
                "2026-03-01 12:00:00.000 UTC| 2026-03-01T12:00:00Z",
                "2026-03-01T12:00:00+0530| 2026-03-01T06:30:00Z",
                "2026-03-01T12:00:00-08| 2026-03-01T20:00:00Z",
                "2026-03-01T12:00Z| 2026-03-01T12:00:00Z",
                "2026-03-01t12:00:00z| 2026-03-01T12:00:00Z",
                "2026-03-01T12:00:00Z[UTC]| 2026-03-01T12:00:00Z",
                "2026-03-01T24:00:00Z| 2026-03-02T00:00:00Z",
                "2016-12-31T23:59:60Z| 2017-01-01T00:00:00Z",
                "2026-03-01| 2026-03-01T00:00:00Z",
                "20260301| 2026-03-01T00:00:00Z",
                "2026.03.01| 2026-03-01T00:00:00Z",
                "2026/03/01| 2026-03-01T00:00:00Z",
                "2026/03/01 12:00:00 UTC| 2026-03-01T12:00:00Z",
                "20260301T120000Z| 2026-03-01T12:00:00Z",
                "20260301T1200Z| 2026-03-01T12:00:00Z",
                "20260301T120000+0100| 2026-03-01T11:00:00Z",
                "2026-060| 2026-03-01T00:00:00Z",
                "2026-W09-7| 2026-03-01T00:00:00Z",
                "260301120000Z| 2026-03-01T12:00:00Z",
                "2603011200Z| 2026-03-01T12:00:00Z",
                "20260301120000Z| 2026-03-01T12:00:00Z",
                "202603011200Z| 2026-03-01T12:00:00Z",
                "260301120000+0100| 2026-03-01T11:00:00Z",
                "301231235959+0000| 2030-12-31T23:59:59Z",
                "20260301120000.5Z| 2026-03-01T12:00:00Z",
                "1772366400| 2026-03-01T12:00:00Z",
                "1772366400000| 2026-03-01T12:00:00Z",
                "Sun Mar 01 12:00:00 UTC 2026| 2026-03-01T12:00:00Z",
                "Sun Mar  1 12:00:00 2026 GMT| 2026-03-01T12:00:00Z",
                "Mar  1 12:00:00 2026 GMT| 2026-03-01T12:00:00Z",
                "Sun, 01 Mar 2026 12:00:00 GMT| 2026-03-01T12:00:00Z",
            })
    void times_are_read_as_tools_write_them(String text, Instant time) {
        assertThat(TimeParser.parse(text)).contains(new TimeParser.Parsed(time, false));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-01T12:00:00, 2026-03-01T12:00:00Z",
        "2026-03-01 12:00, 2026-03-01T12:00:00Z",
        "2026-03-01 12:00:00.123, 2026-03-01T12:00:00Z",
        "20260301120000, 2026-03-01T12:00:00Z",
    })
    void a_time_without_a_zone_is_utc_and_says_so(String text, Instant time) {
        TimeParser.Parsed parsed = TimeParser.parse(text).orElseThrow();

        assertThat(parsed.time()).isEqualTo(time);
        assertThat(parsed.zoneAssumed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "01.11.2026",
                "11/1/2026 12:00 PM",
                "2026-02-30",
                "2026-13-01T00:00:00Z",
                "2026-03-01T25:00:00Z",
                "2026-03-01T24:00:01Z",
                "2026-03-01T12:60:00Z",
                "2026-03-01T12:00:61Z",
                "2026-03-01T12:00:00Zz",
                "2026-03-01T12:00:00Europe/Berlin",
                "2026-03-01T",
                "2026-3-1",
                "2026.3.1",
                "2026.03-01",
                "2026,03,01",
                "2026.13.01",
                "0000-00-00",
                "261301120000Z",
                "260301120000",
                "+10000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z",
                "\uff12\uff10\uff12\uff16-11-01",
                "12",
                "4501222334455667788",
            })
    void what_is_no_time_or_read_differently_by_others_is_not_read(String text) {
        assertThat(TimeParser.parse(text)).isEmpty();
    }

    @Property(tries = 300)
    void any_text_is_a_time_or_none(@ForAll @StringLength(max = 80) String text) {
        assertThat(TimeParser.parse(text)).isNotNull();
    }

    @Property(tries = 200)
    void what_java_writes_is_read(
            @ForAll @LongRange(min = 0, max = 253_402_300_799L) long seconds) {
        Instant time = Instant.ofEpochSecond(seconds);

        assertThat(TimeParser.parse(time.toString()).orElseThrow().time()).isEqualTo(time);
    }
}
