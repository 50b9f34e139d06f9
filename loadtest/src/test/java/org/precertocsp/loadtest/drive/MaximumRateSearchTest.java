package org.precertocsp.loadtest.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MaximumRateSearchTest {
    private static final RequestPacing RATE = new RequestPacing.Rate(100);

    /// Of answers that took 1 ms to 200 ms, 99 of 100 took 198 ms at most.
    private final MaximumRateSearch search = new MaximumRateSearch(Duration.ofMillis(199), 4);

    @Test
    void a_rate_is_carried_while_the_tail_stays_below_its_limit() {
        assertThat(search.isCarried(TestRuns.right(RATE, 200))).isTrue();
        assertThat(
                        new MaximumRateSearch(Duration.ofMillis(197), 4)
                                .isCarried(TestRuns.right(RATE, 200)))
                .isFalse();
    }

    @Test
    void a_rate_with_one_failure_is_not_carried() {
        assertThat(search.isCarried(TestRuns.failed(RATE, 200, Map.of(RequestFailure.UNSENT, 1L))))
                .isFalse();
    }

    @Test
    void a_rate_whose_queue_takes_over_ten_milliseconds_is_not_carried() {
        // 100 answers a second: one in ten milliseconds, and one that may always be on its way.
        assertThat(search.isCarried(TestRuns.queued(RATE, 200, 2))).isTrue();
        assertThat(search.isCarried(TestRuns.queued(RATE, 200, 3))).isFalse();
    }
}
