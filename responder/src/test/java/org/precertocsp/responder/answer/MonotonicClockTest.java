package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.ValidityWindow;

@Requirement({"TF-12", "TF-14"})
final class MonotonicClockTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    private static final Duration VALIDITY = Duration.ofDays(2);
    private static final Duration HOUR = Duration.ofHours(1);

    private Instant wall = START;
    private long nanos = 5;
    private final MonotonicClock clock = new MonotonicClock(() -> wall, () -> nanos);

    /// Both clocks go on, as they do.
    private void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }

    private void step(Duration by) {
        wall = wall.plus(by);
    }

    private ValidityWindow sign() {
        return clock.window(clock.range(), VALIDITY);
    }

    @Test
    void clocks_that_agree_leave_one_time() {
        pass(HOUR);

        assertThat(clock.range())
                .isEqualTo(new MonotonicClock.TimeRange(START.plus(HOUR), START.plus(HOUR)));
        assertThat(clock.instant()).isEqualTo(START.plus(HOUR));
        assertThat(clock.isTrusted()).isTrue();
        assertThat(clock.problem(VALIDITY)).isEmpty();
    }

    @Test
    void a_clock_set_forward_is_signed_without_and_its_return_leaves_nothing_behind() {
        sign();
        step(HOUR);
        pass(Duration.ofMinutes(1));

        Instant expected = START.plusSeconds(60);
        assertThat(clock.range())
                .isEqualTo(new MonotonicClock.TimeRange(expected, expected.plus(HOUR)));
        assertThat(sign().thisUpdate()).isEqualTo(expected);
        assertThat(clock.instant()).isEqualTo(expected);
        assertThat(clock.isTrusted()).isFalse();
        assertThat(clock.problem(VALIDITY)).as("everything is still possible").isEmpty();

        step(HOUR.negated());
        assertThat(sign().thisUpdate()).isEqualTo(expected);
        assertThat(clock.isTrusted()).isTrue();
    }

    @Test
    void a_clock_set_forward_beyond_all_windows_signs_nothing_until_it_is_back() {
        step(Duration.ofDays(3 * 365));

        assertThatThrownBy(this::sign)
                .isInstanceOf(UntrustedClockException.class)
                .hasMessageContaining("2029");
        assertThat(clock.problem(VALIDITY).orElseThrow()).contains("2026-11-21", "2029");
        assertThat(clock.problem(Duration.ofDays(3653))).isEmpty();

        wall = START;
        assertThat(sign().thisUpdate()).isEqualTo(START);
    }

    @Test
    void a_clock_set_back_behind_a_signature_signs_nothing_until_that_time() {
        sign();
        step(Duration.ofMinutes(-25));

        assertThatThrownBy(this::sign).isInstanceOf(UntrustedClockException.class);
        assertThat(clock.problem(VALIDITY).orElseThrow()).contains("2026-11-21T09:35:00Z");
        assertThat(clock.instant()).as("goes on all the same").isEqualTo(START);
        assertThat(clock.isTrusted()).isFalse();

        pass(Duration.ofMinutes(25));
        assertThat(sign().thisUpdate()).isEqualTo(START);
        assertThat(clock.isTrusted()).as("it is still 25 minutes apart").isFalse();
        assertThat(clock.range().latest()).isEqualTo(START.plus(Duration.ofMinutes(25)));
    }

    @Test
    void a_clock_set_back_to_a_time_after_all_signatures_signs_with_its_time() {
        sign();
        pass(HOUR);
        step(Duration.ofMinutes(-30));

        assertThat(sign().thisUpdate()).isEqualTo(START.plus(Duration.ofMinutes(30)));
        assertThat(clock.range().isIn(new ValidityWindow(START, START.plus(HOUR).plusSeconds(1))))
                .isTrue();
        assertThat(clock.range().isIn(new ValidityWindow(START, START.plus(HOUR)))).isFalse();
    }

    @Test
    void a_time_signed_in_an_earlier_run_is_not_signed_behind() {
        clock.remember(START.plus(Duration.ofMinutes(25)));

        assertThatThrownBy(this::sign).isInstanceOf(UntrustedClockException.class);
        assertThat(clock.range())
                .isEqualTo(new MonotonicClock.TimeRange(START, START.plus(Duration.ofMinutes(25))));
        assertThat(clock.isTrusted()).isFalse();

        pass(Duration.ofMinutes(25));
        assertThat(sign().thisUpdate()).isEqualTo(START.plus(Duration.ofMinutes(25)));
        assertThat(clock.isTrusted()).isTrue();
    }

    @Test
    void a_clock_that_was_behind_from_the_start_is_believed_once_it_is_set_right() {
        Instant signed = START.plus(Duration.ofMinutes(25));
        clock.remember(signed);
        pass(Duration.ofMinutes(1));
        step(Duration.ofMinutes(10));
        assertThatThrownBy(this::sign)
                .as("still behind")
                .isInstanceOf(UntrustedClockException.class);

        step(Duration.ofMinutes(15));
        assertThat(sign().thisUpdate()).isEqualTo(START.plus(Duration.ofMinutes(26)));
        assertThat(clock.isTrusted()).isTrue();
        assertThat(clock.instant()).isEqualTo(wall);

        step(Duration.ofHours(1));
        assertThat(clock.read().stepped()).as("and no further").isTrue();
    }

    @Test
    void a_time_a_moment_behind_the_newest_signed_is_that_time_again() {
        clock.remember(START.plusSeconds(2));
        assertThat(sign().thisUpdate()).isEqualTo(START.plusSeconds(2));
        assertThat(clock.instant()).as("in the window just signed").isEqualTo(START.plusSeconds(2));

        clock.remember(START.plusSeconds(3));
        assertThatThrownBy(this::sign).isInstanceOf(UntrustedClockException.class);
    }

    @Test
    void slewing_is_believed_in_either_direction_for_ever() {
        for (int sign : new int[] {1, -1}) {
            for (int second = 0; second < 20_000; second++) {
                pass(Duration.ofSeconds(1));
                // As fast as Chrony slews, which takes an hour and a half for these 7 minutes.
                step(Duration.ofNanos(sign * 83_333_000L));
                assertThat(clock.read().stepped()).isFalse();
                assertThat(sign().thisUpdate()).isAfterOrEqualTo(wall.minusSeconds(1));
            }
        }
        assertThat(clock.instant()).isEqualTo(wall);
    }

    @Test
    void corrections_are_believed_up_to_ten_seconds_in_all() {
        step(Duration.ofSeconds(9));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(9));
        pass(Duration.ofSeconds(1));
        assertThat(clock.isTrusted()).isTrue();
        clock.read();

        step(Duration.ofSeconds(9));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(10));
        assertThat(clock.read().stepped()).isTrue();

        for (int second = 0; second < 90; second++) {
            pass(Duration.ofSeconds(1));
            clock.read();
        }
        assertThat(clock.read().stepped()).as("a tenth of the time has passed").isFalse();
    }

    @Test
    void a_large_step_is_not_believed_however_long_it_lasts() {
        step(HOUR);
        for (int minute = 0; minute < 24 * 60; minute++) {
            pass(Duration.ofMinutes(1));
            clock.read();
        }

        assertThat(clock.read().stepped()).isTrue();
        assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofDays(1)));
        assertThat(sign().thisUpdate()).isEqualTo(START.plus(Duration.ofDays(1)));
    }

    @Test
    void a_wall_clock_that_is_the_only_one_is_believed_forward_and_not_back() {
        MonotonicClock only = new MonotonicClock(() -> wall);
        wall = START.plus(HOUR);
        assertThat(only.window(only.range(), VALIDITY).thisUpdate()).isEqualTo(wall);

        wall = START;
        assertThatThrownBy(() -> only.window(only.range(), VALIDITY))
                .isInstanceOf(UntrustedClockException.class);
    }
}
