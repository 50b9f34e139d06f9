package org.precertocsp.responder.renewal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.renewal.RenewalFixture.NOON;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RenewalForecastTest {
    @Test
    void an_hour_and_a_day_are_counted_to_their_last_second() {
        List<Instant> planned =
                List.of(
                        NOON.plusSeconds(1),
                        NOON.plus(Duration.ofHours(1)),
                        NOON.plus(Duration.ofHours(1)).plusSeconds(1),
                        NOON.plus(Duration.ofDays(1)),
                        NOON.plus(Duration.ofDays(1)).plusSeconds(1));

        assertThat(RenewalForecast.of(NOON, planned))
                .isEqualTo(
                        new RenewalForecast(
                                Optional.of(NOON.plusSeconds(1)), 2, 4, Optional.empty()));
    }

    @Test
    void the_next_is_told_though_it_is_far_away() {
        Instant far = NOON.plus(Duration.ofDays(4));

        assertThat(RenewalForecast.of(NOON, List.of(far)))
                .isEqualTo(new RenewalForecast(Optional.of(far), 0, 0, Optional.empty()));
        assertThat(RenewalForecast.of(NOON, List.of()))
                .isEqualTo(new RenewalForecast(Optional.empty(), 0, 0, Optional.empty()));
    }

    @Test
    void a_count_that_met_its_limit_tells_how_far_it_came() {
        List<Instant> seconds =
                IntStream.rangeClosed(1, RenewalForecast.MAX_COUNTED)
                        .mapToObj(NOON::plusSeconds)
                        .toList();

        RenewalForecast horizon = RenewalForecast.of(NOON, seconds);

        assertThat(horizon.inHour()).isEqualTo(3_600);
        assertThat(horizon.inDay()).isEqualTo(RenewalForecast.MAX_COUNTED);
        assertThat(horizon.countedTo()).contains(seconds.getLast());
    }

    @Test
    void a_limit_met_beyond_the_day_leaves_the_day_counted() {
        List<Instant> planned =
                IntStream.range(0, RenewalForecast.MAX_COUNTED)
                        .mapToObj(i -> NOON.plus(Duration.ofMinutes(i)))
                        .toList();

        assertThat(RenewalForecast.of(NOON, planned).inDay()).isEqualTo(24 * 60 + 1);
        assertThat(RenewalForecast.of(NOON, planned).countedTo()).isEmpty();
    }
}
