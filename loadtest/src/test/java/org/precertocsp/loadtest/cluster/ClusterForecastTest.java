package org.precertocsp.loadtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.precertocsp.loadtest.cluster.ClusterForecast.DoesNotFitException;
import org.precertocsp.loadtest.cluster.ClusterPlan.Costs;

/// The simulation agrees with what can be computed on paper, where it can.
final class ClusterForecastTest {
    private static final Costs FREE = new Costs(0, 0, 1e12, 0, 1, 0, 100, 0, 0);

    /// @param rate of changes, per second
    private static ClusterPlan plan(double rate, double siteMillis, Costs costs) {
        return new ClusterPlan(
                1_000_000,
                1,
                List.of(siteMillis),
                rate,
                Duration.ofDays(3),
                1_000,
                1_000,
                1,
                Duration.ofSeconds(200),
                Duration.ofSeconds(100),
                Duration.ofMinutes(15),
                costs,
                7);
    }

    private static ClusterForecast forecast(ClusterPlan plan) throws DoesNotFitException {
        return ClusterForecast.of(plan, _ -> {});
    }

    /// M/D/1: a job waits rho times its service, divided by 2 (1 - rho).
    @ParameterizedTest
    @CsvSource({"0.2", "0.5", "0.8"})
    void a_queue_lets_jobs_wait_as_long_as_the_formula_says(double load) {
        FifoQueue queue = new FifoQueue();
        Random random = new Random(1);
        double service = 0.002;
        double at = 0;
        double waited = 0;
        int jobs = 1_000_000;
        for (int i = 0; i < jobs; i++) {
            at += -Math.log(1 - random.nextDouble()) * service / load;
            waited += queue.serve(at, service) - service - at;
        }

        assertThat(waited / jobs).isCloseTo(load * service / (2 * (1 - load)), withPercentage(2));
        assertThat(queue.busy()).isCloseTo(jobs * service, withPercentage(0.01));
    }

    /// A change that comes alone takes one append; one of many waits for half of the append before,
    /// on average, and then for its own.
    @ParameterizedTest
    @CsvSource({"0.5, 1.0", "20000, 1.5"})
    void changes_are_collected_while_one_record_is_on_its_way(double rate, double appends) {
        double append = 0.020;
        ClusterPlan slow =
                new ClusterPlan(
                        1,
                        1,
                        List.of(1.0),
                        rate,
                        Duration.ofDays(3),
                        1_000,
                        1_000,
                        append * 1e3,
                        Duration.ofSeconds(200),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(15),
                        FREE,
                        7);
        StatusRecords records = StatusRecords.of(slow, 400, new Random(2));

        assertThat(records.waited()).isCloseTo(appends * append, withPercentage(2));
        assertThat(Arrays.stream(records.changes()).sum() / 400.0)
                .isCloseTo(rate, withPercentage(rate < 1 ? 20 : 1));
    }

    /// One way, and, if changes come often, half of the round trip that a fetch takes.
    @ParameterizedTest
    @CsvSource({"0.2, 1.12", "300, 2.15"})
    void a_change_travels_one_way_and_waits_for_a_fetch(double rate, double ways)
            throws DoesNotFitException {
        double way = 0.040;
        ClusterForecast forecast = forecast(plan(rate, 2e3 * way, FREE));
        // The authority has read it back half a millisecond after it was in the log.
        double mean = forecast.applied().getMean() / 1e6 + 0.0005;

        assertThat(mean).isCloseTo(ways * way, withPercentage(6));
        assertThat(forecast.applied().getMinValue() / 1e6).isGreaterThanOrEqualTo(way - 0.001);
    }

    @Test
    void bandwidth_is_the_sum_of_what_is_sent() throws DoesNotFitException {
        ClusterPlan plan =
                new ClusterPlan(
                        500_000_000,
                        10,
                        List.of(1.0, 50.0),
                        300,
                        Duration.ofHours(67),
                        10_000,
                        1_000,
                        1,
                        Duration.ofSeconds(100),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(15),
                        new Costs(0, 0, 1e12, 0, 1, 0, 100, 120, 100),
                        7);
        ClusterForecast forecast = forecast(plan);

        assertThat(forecast.statusBytes()).isCloseTo(300 * 100, withPercentage(2));
        assertThat(plan.signaturesPerSecond()).isCloseTo(2_073, withPercentage(0.1));
        assertThat(forecast.responseBytes())
                .isCloseTo(500e6 / (67 * 3_600) * 120, withPercentage(0.01));
        assertThat(ForecastTable.of(forecast))
                .contains(
                        "signatures of renewal                          2,073/s, 0.21 cores",
                        "from the brokers, to all edges                 "
                                + ForecastTable.megabits(
                                        10 * (forecast.statusBytes() + forecast.responseBytes())));
    }

    /// What was missed, divided by what is left of the rate: of rows, or of the link.
    @Test
    void an_edge_catches_up_as_fast_as_its_narrowest_part_allows() throws DoesNotFitException {
        double rate = 1_000;
        double seconds = 100;
        ClusterForecast byRows =
                forecast(plan(rate, 1, new Costs(0, 0, 5_000, 0, 1, 0, 100, 0, 0)));
        assertThat(byRows.edgeCut().changes() / seconds).isCloseTo(rate, withPercentage(2));
        assertThat(byRows.edgeCut().seconds())
                .isCloseTo(rate * seconds / (5_000 - rate), withPercentage(6));

        // A megabit has 125,000 bytes.
        Costs wide = new Costs(0, 0, 1e12, 0, 1, 0, 1_250, 0, 0);
        ClusterPlan narrow =
                new ClusterPlan(
                        1,
                        1,
                        List.of(1.0),
                        rate,
                        Duration.ofDays(3),
                        1_000,
                        30,
                        1,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds((long) seconds),
                        Duration.ofMinutes(15),
                        wide,
                        7);
        assertThat(forecast(narrow).edgeCut().seconds())
                .isCloseTo(
                        rate * seconds * 1_250 / (30 * 125_000 - rate * 1_250), withPercentage(6));
    }

    @Test
    void edges_of_a_site_share_its_link_when_they_catch_up() throws DoesNotFitException {
        ClusterPlan plan =
                new ClusterPlan(
                        1,
                        5,
                        List.of(1.0),
                        1_000,
                        Duration.ofDays(3),
                        100,
                        1_000,
                        1,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(100),
                        Duration.ofMinutes(15),
                        new Costs(0, 0, 1e12, 0, 1, 0, 1_250, 0, 0),
                        7);
        ClusterForecast forecast = forecast(plan);

        assertThat(forecast.siteCut().seconds())
                .isCloseTo(
                        5 * 1_000 * 100 * 1_250.0 / (100 * 125_000 - 5 * 1_000 * 1_250),
                        withPercentage(6));
        assertThat(forecast.edgeCut().seconds()).isLessThan(forecast.siteCut().seconds() / 4);
    }

    @Test
    void the_lag_grows_during_a_cut_and_is_gone_when_it_was_caught_up() throws DoesNotFitException {
        ClusterForecast.CatchUp cut =
                forecast(plan(1_000, 1, new Costs(0, 0, 5_000, 0, 1, 0, 100, 0, 0))).edgeCut();
        int last = cut.times().size() - 1;

        for (int i = 0; i <= last; i++) {
            double at = cut.times().get(i);
            if (at < 100) {
                assertThat(cut.lags().get(i)).isBetween(at - 0.1, at + 0.1);
            }
        }
        assertThat(cut.lags().get(last)).isLessThan(1.0);
    }

    /// It is silent for ten seconds, then a beat is sent, another one claims.
    @Test
    void a_takeover_takes_as_long_as_silence_and_two_beats() throws DoesNotFitException {
        ClusterForecast forecast = forecast(plan(10, 1, FREE));

        assertThat(forecast.takeover().getMinValue() / 1e6).isBetween(10.0, 10.2);
        assertThat(forecast.takeover().getMaxValue() / 1e6).isBetween(11.8, 12.1);
    }

    @Test
    void a_change_is_effective_after_its_report_was_read() throws DoesNotFitException {
        ClusterForecast forecast = forecast(plan(1, 80, FREE));

        // There, back, and at most a fetch of the authority.
        assertThat(forecast.effective().getMinValue() / 1e6).isGreaterThan(0.078);
        assertThat(forecast.effective().getValueAtPercentile(50) / 1e6).isBetween(0.080, 0.095);
    }

    @Test
    void a_seed_gives_the_same_figures() throws DoesNotFitException {
        ClusterPlan plan = plan(100, 20, FREE);
        ClusterPlan other =
                new ClusterPlan(
                        plan.serials(),
                        plan.edges(),
                        plan.siteMillis(),
                        plan.changesPerSecond(),
                        plan.renewal(),
                        plan.siteMegabits(),
                        plan.edgeMegabits(),
                        plan.authorityMillis(),
                        plan.measured(),
                        plan.cut(),
                        plan.maxStaleness(),
                        plan.costs(),
                        8);

        assertThat(ForecastTable.of(forecast(plan))).isEqualTo(ForecastTable.of(forecast(plan)));
        assertThat(forecast(other).requested()).isNotEqualTo(forecast(plan).requested());
    }

    @Test
    void what_does_not_fit_is_named() {
        Costs heavy = new Costs(1, 100, 1_000, 0, 2, 160, 130, 120, 0);

        assertThatThrownBy(() -> forecast(plan(1_000, 1, heavy)))
                .isInstanceOf(DoesNotFitException.class)
                .hasMessageContaining("an edge has more to apply than it can: 2.");
        assertThatThrownBy(() -> forecast(plan(1_000_000, 1, FREE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("50,000,000");
        assertThatThrownBy(
                        () ->
                                forecast(
                                        new ClusterPlan(
                                                500_000_000,
                                                20,
                                                List.of(1.0, 2.0),
                                                300,
                                                Duration.ofHours(67),
                                                10,
                                                100,
                                                1,
                                                Duration.ofSeconds(10),
                                                Duration.ofSeconds(10),
                                                Duration.ofMinutes(15),
                                                heavy,
                                                1)))
                .isInstanceOf(DoesNotFitException.class)
                .hasMessageContaining("the link of site 1 is too slow: its 10 edges need 2");
        assertThatThrownBy(
                        () ->
                                forecast(
                                        new ClusterPlan(
                                                500_000_000,
                                                20,
                                                List.of(1.0, 2.0),
                                                300,
                                                Duration.ofHours(67),
                                                1_000,
                                                1,
                                                1,
                                                Duration.ofSeconds(10),
                                                Duration.ofSeconds(10),
                                                Duration.ofMinutes(15),
                                                heavy,
                                                1)))
                .isInstanceOf(DoesNotFitException.class)
                .hasMessageContaining("the link of an edge is too slow");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 1, 1, serials",
        "1, 0, 1, 1, 1, edges",
        "1, 20000, 1, 1, 1, edges",
        "1, 1, -1, 1, 1, round trip",
        "1, 1, NaN, 1, 1, round trip",
        "1, 1, 1, 0, 1, changes per second",
        "1, 1, 1, 1, 0, a link",
        "1, 1, 1, 1, Infinity, a link"
    })
    void a_plan_that_cannot_be_is_refused(
            long serials, int edges, double millis, double rate, double link, String what) {
        assertThatThrownBy(
                        () ->
                                new ClusterPlan(
                                        serials,
                                        edges,
                                        List.of(millis),
                                        rate,
                                        Duration.ofDays(1),
                                        link,
                                        link,
                                        1,
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(1),
                                        Duration.ofMinutes(15),
                                        FREE,
                                        1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
        assertThatThrownBy(() -> new Costs(0, 0, 0, 0, 1, 0, 1, 1, 1)).hasMessageContaining("rows");
        assertThatThrownBy(() -> new Costs(-1, 0, 1, 0, 1, 0, 1, 1, 1))
                .hasMessageContaining("cost");
    }
}
