package org.precertocsp.loadtest.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SendScheduleTest {
    private static final long MILLI = 1_000_000;

    private final SendSchedule fixed =
            SendSchedule.of(new RequestPacing.Rate(1_000), 0, Duration.ofSeconds(1));

    @Test
    void requests_are_due_one_period_apart() {
        assertThat(fixed.take(0)).isZero();
        assertThat(fixed.isDue(MILLI - 1)).isFalse();
        assertThat(fixed.untilNext(MILLI / 2)).isEqualTo(MILLI / 2);
        assertThat(fixed.isDue(MILLI)).isTrue();
    }

    @Test
    void what_is_late_keeps_its_intended_time() {
        long late = 500 * MILLI;

        assertThat(fixed.backlog(late)).isEqualTo(501);
        assertThat(fixed.take(late)).isZero();
        assertThat(fixed.take(late)).isEqualTo(MILLI);
        assertThat(fixed.backlog(late)).isEqualTo(499);
    }

    @Test
    void no_request_is_skipped_and_none_added() {
        int sent = 0;
        while (fixed.isDue(10_000 * MILLI)) {
            fixed.take(10_000 * MILLI);
            sent++;
        }

        assertThat(sent).isEqualTo(1_000);
        assertThat(fixed.isOver(10_000 * MILLI)).isTrue();
        assertThat(fixed.backlog(10_000 * MILLI)).isZero();
    }

    @Test
    void a_closed_loop_is_always_due_until_its_end() {
        SendSchedule closed =
                SendSchedule.of(new RequestPacing.Saturate(), 0, Duration.ofSeconds(1));

        assertThat(closed.isDue(999 * MILLI)).isTrue();
        assertThat(closed.take(7)).isEqualTo(7);
        assertThat(closed.isDue(1_000 * MILLI)).isFalse();
    }
}
