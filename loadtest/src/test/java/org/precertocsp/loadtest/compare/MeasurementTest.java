package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.precertocsp.loadtest.drive.RequestPacing;
import org.precertocsp.loadtest.drive.TestRuns;

final class MeasurementTest {
    @Test
    void a_run_and_the_servers_processor_time_make_a_sample() {
        // Two seconds, 200 answers that took 1 ms to 200 ms, the driver busy for a quarter.
        Measurement sample =
                Measurement.of(
                        TestRuns.right(new RequestPacing.Saturate(), 200),
                        Duration.ofMillis(1_900));

        assertThat(sample.perSecond()).isEqualTo(100);
        assertThat(sample.cpuMicros()).isEqualTo(9_500);
        assertThat(sample.serverShare()).isEqualTo(0.95);
        assertThat(sample.driverShare()).isEqualTo(0.25);
        assertThat(sample.latency().p50()).isBetween(99_900.0, 100_200.0);
        assertThat(sample.latency().max()).isBetween(199_900.0, 200_300.0);
        assertThat(sample.isVoid()).isFalse();
    }

    @Test
    void wrong_answers_of_a_run_void_its_sample() {
        assertThat(
                        Measurement.of(
                                        TestRuns.wrong(new RequestPacing.Saturate(), 200, 1),
                                        Duration.ofSeconds(1))
                                .isVoid())
                .isTrue();
    }

    @Test
    void a_server_that_was_not_busy_could_do_more_than_it_was_asked() {
        Measurement half =
                new Measurement(1_000, 500, 0.5, 0.95, Measurement.Latency.NONE, 1_000, 0, 0);

        assertThat(half.capacity()).isEqualTo(2_000);
        assertThat(half.limit()).isEqualTo(Measurement.Limit.DRIVER);
        assertThat(
                        new Measurement(1_000, 930, 0.93, 0.84, Measurement.Latency.NONE, 1, 0, 0)
                                .limit())
                .isEqualTo(Measurement.Limit.SERVER);
        assertThat(
                        new Measurement(1_000, 930, 0.93, 0.85, Measurement.Latency.NONE, 1, 0, 0)
                                .limit())
                .isEqualTo(Measurement.Limit.BOTH);
        assertThat(new Measurement(1_000, 500, 0.5, 0.5, Measurement.Latency.NONE, 1, 0, 0).limit())
                .isEqualTo(Measurement.Limit.NEITHER);
    }

    @Test
    void rate_is_what_was_measured_unless_the_driver_was_the_limit() {
        Measurement driven =
                new Measurement(1_000, 500, 0.5, 0.95, Measurement.Latency.NONE, 1, 0, 0);
        // Waits for its disk: nobody was busy.
        Measurement waiting =
                new Measurement(1_000, 500, 0.5, 0.5, Measurement.Latency.NONE, 1, 0, 0);

        assertThat(driven.rate()).isEqualTo(2_000);
        assertThat(waiting.rate()).isEqualTo(1_000);
    }

    @Test
    void the_median_of_rounds_has_the_failures_of_all() {
        Measurement median =
                Measurement.median(
                        List.of(
                                new Measurement(3, 1, 1, 0, Measurement.Latency.NONE, 10, 1, 0),
                                new Measurement(1, 1, 1, 0, Measurement.Latency.NONE, 20, 0, 2),
                                new Measurement(2, 1, 1, 0, Measurement.Latency.NONE, 30, 4, 0)));

        assertThat(median.perSecond()).isEqualTo(2);
        assertThat(median.completed()).isEqualTo(60);
        assertThat(median.failed()).isEqualTo(5);
        assertThat(median.wrong()).isEqualTo(2);
    }

    @Test
    void bare_work_keeps_its_processor_busy() {
        Measurement bare = Measurement.bare(20_000);

        assertThat(bare.cpuMicros()).isEqualTo(50);
        assertThat(bare.capacity()).isEqualTo(20_000);
        assertThat(bare.limit()).isEqualTo(Measurement.Limit.SERVER);
        assertThat(bare.isVoid()).isFalse();
    }

    @Test
    void rounds_have_a_median_whatever_their_order_and_number() {
        assertThat(MinMedianMax.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new MinMedianMax(1, 2, 3));
        assertThat(MinMedianMax.of(List.of(4.0, 1.0, 3.0, 2.0)))
                .isEqualTo(new MinMedianMax(1, 2.5, 4));
        assertThat(MinMedianMax.of(List.of(7.0))).isEqualTo(new MinMedianMax(7, 7, 7));
        assertThatIllegalArgumentException().isThrownBy(() -> MinMedianMax.of(List.of()));
    }
}
