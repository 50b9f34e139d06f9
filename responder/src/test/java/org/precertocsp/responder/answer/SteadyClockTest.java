package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;

@Requirement("TF-14")
final class SteadyClockTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

    private final AtomicReference<Instant> wall = new AtomicReference<>(START);
    private final SteadyClock clock = new SteadyClock(wall::get);

    @Test
    void small_corrections_never_tell_an_earlier_time() {
        clock.instant();
        wall.set(START.minusSeconds(1));

        assertThat(clock.instant()).isEqualTo(START);
    }

    @Test
    void step_back_is_refused_until_the_time_is_reached_again() {
        clock.instant();
        wall.set(START.minusSeconds(10));

        assertThatThrownBy(clock::instant).isInstanceOf(ClockFailure.class);

        wall.set(START.plusSeconds(1));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(1));
    }

    @Test
    void latest_time_stands_still_after_a_step_back() {
        clock.instant();
        wall.set(START.minusSeconds(3600));

        assertThat(clock.latest()).isEqualTo(START);
    }
}
