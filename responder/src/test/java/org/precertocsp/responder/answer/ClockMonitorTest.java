package org.precertocsp.responder.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;

final class ClockMonitorTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

    private final List<String> alerts = new ArrayList<>();
    private final List<Instant> kept = new ArrayList<>();
    private Instant wall = START;
    private long nanos;
    private final MonotonicClock clock = new MonotonicClock(() -> wall, () -> nanos);
    private final ClockMonitor monitor =
            new ClockMonitor(
                    clock,
                    new Alarm() {
                        @Override
                        public void raise(Incident incident) {
                            alerts.add(incident.kind() + ": " + incident.what());
                        }

                        @Override
                        public void end(Incident.Kind kind, String about) {
                            alerts.add("end of " + kind + " " + about);
                        }
                    },
                    kept::add);

    private void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
        monitor.look();
    }

    private void sign() {
        clock.window(clock.range(), Duration.ofDays(2));
    }

    @Test
    void a_step_is_told_once_and_so_is_its_end() {
        for (Duration step : List.of(Duration.ofHours(1), Duration.ofMinutes(-10))) {
            alerts.clear();
            wall = wall.plus(step);
            pass(Duration.ofSeconds(1));
            pass(Duration.ofSeconds(1));
            assertThat(alerts)
                    .singleElement()
                    .asString()
                    .contains(step.isNegative() ? "back by PT10M" : "forward by PT1H", "restart");
            assertThat(monitor.step()).isEqualTo(step);

            wall = wall.minus(step);
            pass(Duration.ofSeconds(1));
            assertThat(alerts).hasSize(2).last().isEqualTo("end of CLOCK wall clock");
            assertThat(monitor.step()).isZero();
        }
    }

    @Test
    void a_clock_behind_what_was_signed_is_told_until_that_time_comes() {
        clock.remember(START.plusSeconds(1500));
        pass(Duration.ofSeconds(1));

        assertThat(alerts).singleElement().asString().contains("Nothing is signed until", "10:25");
        assertThat(monitor.behind()).isEqualTo(Duration.ofSeconds(1499));
        assertThat(monitor.problem(Duration.ofDays(1))).isPresent();

        pass(Duration.ofSeconds(1498));
        assertThat(alerts).hasSize(2).last().isEqualTo("end of CLOCK wall clock");
        assertThat(monitor.problem(Duration.ofDays(1))).isEmpty();
    }

    @Test
    void slewing_and_small_corrections_are_never_told() {
        for (int second = 0; second < 1_000; second++) {
            wall = wall.plusMillis(second % 200 < 100 ? 80 : -80);
            pass(Duration.ofSeconds(1));
            sign();
        }
        wall = wall.plusSeconds(3);
        pass(Duration.ofSeconds(1));

        assertThat(alerts).isEmpty();
    }

    @Test
    void the_newest_time_signed_is_kept_every_ten_seconds_and_at_the_end() {
        sign();
        pass(Duration.ofSeconds(1));
        assertThat(kept).containsExactly(START);
        for (int second = 0; second < 25; second++) {
            sign();
            pass(Duration.ofSeconds(1));
        }
        assertThat(kept).containsExactly(START, START.plusSeconds(10), START.plusSeconds(20));

        sign();
        monitor.close();
        assertThat(kept.getLast()).isEqualTo(START.plusSeconds(26));
    }

    @Test
    void where_nothing_is_signed_nothing_is_kept() {
        pass(Duration.ofSeconds(1));
        monitor.close();

        assertThat(kept).isEmpty();
    }
}
