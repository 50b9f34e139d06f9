package org.precertocsp.responder.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.freshness.RenewalFixture.NOON;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RenewalHorizonTest {
    @Test
    void an_hour_and_a_day_are_counted_to_their_last_second() {
        List<Instant> planned =
                List.of(
                        NOON.plusSeconds(1),
                        NOON.plus(Duration.ofHours(1)),
                        NOON.plus(Duration.ofHours(1)).plusSeconds(1),
                        NOON.plus(Duration.ofDays(1)),
                        NOON.plus(Duration.ofDays(1)).plusSeconds(1));

        assertThat(RenewalHorizon.of(NOON, planned))
                .isEqualTo(
                        new RenewalHorizon(
                                Optional.of(NOON.plusSeconds(1)), 2, 4, Optional.empty()));
    }

    @Test
    void the_next_is_told_though_it_is_far_away() {
        Instant far = NOON.plus(Duration.ofDays(4));

        assertThat(RenewalHorizon.of(NOON, List.of(far)))
                .isEqualTo(new RenewalHorizon(Optional.of(far), 0, 0, Optional.empty()));
        assertThat(RenewalHorizon.of(NOON, List.of()))
                .isEqualTo(new RenewalHorizon(Optional.empty(), 0, 0, Optional.empty()));
    }

    @Test
    void a_count_that_met_its_limit_tells_how_far_it_came() {
        List<Instant> seconds =
                IntStream.rangeClosed(1, RenewalHorizon.MAX_COUNTED)
                        .mapToObj(NOON::plusSeconds)
                        .toList();

        RenewalHorizon horizon = RenewalHorizon.of(NOON, seconds);

        assertThat(horizon.inHour()).isEqualTo(3_600);
        assertThat(horizon.inDay()).isEqualTo(RenewalHorizon.MAX_COUNTED);
        assertThat(horizon.countedTo()).contains(seconds.getLast());
    }

    @Test
    void a_limit_met_beyond_the_day_leaves_the_day_counted() {
        List<Instant> planned =
                IntStream.range(0, RenewalHorizon.MAX_COUNTED)
                        .mapToObj(i -> NOON.plus(Duration.ofMinutes(i)))
                        .toList();

        assertThat(RenewalHorizon.of(NOON, planned).inDay()).isEqualTo(24 * 60 + 1);
        assertThat(RenewalHorizon.of(NOON, planned).countedTo()).isEmpty();
    }
}
