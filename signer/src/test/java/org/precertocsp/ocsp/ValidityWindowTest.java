package org.precertocsp.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;

final class ValidityWindowTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    @Property
    @Requirement({"TF-01", "RP-12"})
    void a_window_made_now_is_whole_seconds_and_covers_now(
            @ForAll @LongRange(min = 0, max = 4_000_000_000L) long second,
            @ForAll @IntRange(max = 999_999_999) int nanos,
            @ForAll @LongRange(min = 1, max = 31_622_400) long validity) {
        Instant now = Instant.ofEpochSecond(second, nanos);

        ValidityWindow window = ValidityWindow.from(now, Duration.ofSeconds(validity));

        assertThat(window.thisUpdate()).isEqualTo(Instant.ofEpochSecond(second));
        assertThat(window.length()).isEqualTo(Duration.ofSeconds(validity));
        assertThat(window.covers(now)).isTrue();
        assertThat(window.covers(window.nextUpdate())).isFalse();
        assertThat(window.covers(window.thisUpdate().minusNanos(1))).isFalse();
    }

    @Test
    @Requirement("RP-12")
    void a_fraction_of_a_second_is_refused() {
        assertThatThrownBy(() -> new ValidityWindow(NOON.plusMillis(1), NOON.plusSeconds(9)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ValidityWindow(NOON, NOON.plusMillis(1500)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_empty_window_is_refused() {
        assertThatThrownBy(() -> new ValidityWindow(NOON, NOON))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
