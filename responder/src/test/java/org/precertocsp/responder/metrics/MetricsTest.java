package org.precertocsp.responder.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.responder.metrics.sla.AnswerDelayStatistics;
import org.precertocsp.responder.metrics.sla.DelayBasis;
import org.precertocsp.responder.renewal.RenewalState;
import org.precertocsp.responder.store.StoredResponseCounts;

final class MetricsTest {
    private final Metrics metrics = new Metrics();

    @Test
    void renewals_are_told_for_each_issuer_as_they_are_now() {
        AtomicReference<RenewalState> state = new AtomicReference<>(state(Duration.ZERO, 0));
        metrics.addRenewals(() -> List.of(state.get()));
        state.set(state(Duration.ofMillis(90_500), 42));

        assertThat(metrics.text().lines())
                .contains("precertocsp_renewal_lag_seconds{issuer=\"alpha\"} 90.5")
                .contains("precertocsp_renewal_signed_total{issuer=\"alpha\"} 42.0")
                .contains("precertocsp_renewal_failing{issuer=\"alpha\"} 0.0");
    }

    @Test
    void the_states_of_many_issuers_are_gathered_once_for_a_look() {
        AtomicInteger gathered = new AtomicInteger();
        List<RenewalState> many =
                IntStream.range(0, 300)
                        .mapToObj(
                                i ->
                                        new RenewalState(
                                                "issuer-" + i,
                                                Duration.ZERO,
                                                Optional.empty(),
                                                false,
                                                i,
                                                0,
                                                false,
                                                Optional.empty()))
                        .toList();
        metrics.addRenewals(
                () -> {
                    gathered.incrementAndGet();
                    return many;
                });
        gathered.set(0);

        assertThat(metrics.text().lines())
                .contains("precertocsp_renewal_signed_total{issuer=\"issuer-299\"} 299.0");
        assertThat(gathered).hasValue(1);
        String _ = metrics.text();
        assertThat(gathered).hasValue(2);
    }

    private static RenewalState state(Duration lag, long signed) {
        return new RenewalState(
                "alpha", lag, Optional.empty(), false, signed, 0, false, Optional.empty());
    }

    @Test
    @Requirement("SA-01")
    void first_answers_are_a_histogram_for_each_issuer_without_serials() {
        metrics.addDuty(
                () ->
                        List.of(
                                new AnswerDelayStatistics(
                                        "alpha",
                                        DelayBasis.PUBLISHED,
                                        List.of(Duration.ofMinutes(1), Duration.ofMinutes(15)),
                                        List.of(3L, 2L, 1L),
                                        4711.5,
                                        1)),
                () -> List.of(new AnswerDelayStatistics.Apart("alpha", 10, 11, 12)));

        String labels = "{issuer=\"alpha\",basis=\"published\"";
        assertThat(metrics.text().lines())
                .contains("# TYPE precertocsp_first_answer_seconds histogram")
                .contains("precertocsp_first_answer_seconds_bucket" + labels + ",le=\"60\"} 3")
                .contains("precertocsp_first_answer_seconds_bucket" + labels + ",le=\"900\"} 5")
                .contains("precertocsp_first_answer_seconds_bucket" + labels + ",le=\"+Inf\"} 6")
                .contains("precertocsp_first_answer_seconds_sum" + labels + "} 4711.5")
                .contains("precertocsp_first_answer_seconds_count" + labels + "} 6")
                .contains(
                        "precertocsp_first_answer_overdue_total{basis=\"published\",issuer=\"alpha\"}"
                                + " 1.0")
                .contains("precertocsp_first_answer_backfill_total{issuer=\"alpha\"} 10.0")
                .contains("precertocsp_first_answer_waiting{issuer=\"alpha\"} 12.0");
    }

    @Test
    void stored_responses_are_counted() {
        metrics.addResponses(() -> new StoredResponseCounts(10, 11, 12, 13, 14, 15));

        assertThat(metrics.text().lines())
                .contains("precertocsp_responses_stored 10.0")
                .contains("precertocsp_renewal_queue 11.0")
                .contains("precertocsp_responses_kept_total 12.0")
                .contains("precertocsp_responses_dropped_total 13.0");
    }

    /// Micrometer's gauges hold their objects weakly unless told otherwise, and a gauge whose
    /// object is gone says NaN.
    @Test
    void a_view_that_only_its_gauge_holds_is_still_read_after_a_collection() {
        metrics.addNeverFed("alpha", () -> 3);
        collectGarbage();

        assertThat(metrics.text().lines()).contains("precertocsp_never_fed{issuer=\"alpha\"} 3.0");
    }

    /// Until what nobody holds is really gone.
    private static void collectGarbage() {
        WeakReference<Object> unheld = new WeakReference<>(new Object());
        for (int i = 0; i < 100 && unheld.get() != null; i++) {
            System.gc();
        }
        assertThat(unheld.get()).isNull();
    }
}
