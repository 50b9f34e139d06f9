package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class HttpDatesTest {
    private static final long YEAR_ZERO = -62_167_219_200L;
    private static final long YEAR_9999 = 253_402_300_799L;

    @Test
    void the_example_of_rfc_9110() {
        assertThat(HttpDates.format(Instant.parse("1994-11-06T08:49:37Z")))
                .isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    }

    @Property
    void as_the_library_writes_them(
            @ForAll @LongRange(min = YEAR_ZERO, max = YEAR_9999) long epochSecond) {
        Instant time = Instant.ofEpochSecond(epochSecond, 999_999_999);

        assertThat(HttpDates.format(time))
                .isEqualTo(
                        DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
                                .withZone(ZoneOffset.UTC)
                                .format(time));
    }
}
