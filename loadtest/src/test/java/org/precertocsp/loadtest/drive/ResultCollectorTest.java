package org.precertocsp.loadtest.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.data.Percentage.withPercentage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.precertocsp.der.ByteString;
import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.RequestDescription;
import org.precertocsp.loadtest.requests.RequestEncoder;
import org.precertocsp.loadtest.requests.RequestStream;
import org.precertocsp.loadtest.requests.TargetUrl;

/// What intervals and put-aside answers add up to, without a network.
final class ResultCollectorTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final LoadTestResult.DriverCost COST =
            new LoadTestResult.DriverCost(Duration.ZERO, 0);

    private static final RequestStream SUPPLY =
            new RequestStream() {
                @Override
                public RequestEncoder encoder(TargetUrl target, boolean keepAlive) {
                    return (long index, EncodedRequest into) -> {
                        throw new IllegalStateException("nothing is sent here");
                    };
                }

                @Override
                public RequestDescription question(long index) {
                    return TestRuns.QUESTION;
                }
            };

    /// Answers of one byte: right if it is 0.
    private static final AnswerVerifier CHECK =
            (question, answer, _) ->
                    answer[0] == 0
                            ? Optional.empty()
                            : Optional.of(
                                    new WrongAnswer(question, AnswerFault.SIGNATURE, "a test"));

    private final AnswerSamples samples = new AnswerSamples(SUPPLY, CHECK);
    private final List<RunProgressListener.Standing> told = new CopyOnWriteArrayList<>();
    private final LoadTestPlan plan =
            new LoadTestPlan(
                    new TargetUrl("127.0.0.1", 80, "/"),
                    new RequestPacing.Rate(10),
                    ConnectionSettings.keptAlive(1),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    1);

    @Test
    void intervals_are_added_up_and_each_of_the_measured_time_is_in_the_timeline()
            throws Exception {
        try (ResultCollector ledger = new ResultCollector(plan, told::add, samples)) {
            ledger.close(filled(ledger.open(), 0), 0, SECOND);
            ledger.close(filled(ledger.open(), 3), SECOND, SECOND);
            IntervalCounters last = filled(ledger.open(), 2);
            last.failed(RequestFailure.TIMEOUT);
            last.failed(RequestFailure.TIMEOUT);
            last.backlog = 7;
            ledger.close(last, 3 * SECOND / 2, SECOND / 2);

            LoadTestResult run = ledger.finish(Duration.ofMillis(1_500), COST);

            assertThat(run.latency().getTotalCount()).isEqualTo(5);
            assertThat(run.outcome().completed()).isEqualTo(5);
            assertThat(run.outcome().failures()).isEqualTo(Map.of(RequestFailure.TIMEOUT, 2L));
            assertThat(run.throughput()).isEqualTo(5 / 1.5);
            assertThat(run.timeline())
                    .extracting(
                            LoadTestResult.Second::offset,
                            LoadTestResult.Second::completed,
                            LoadTestResult.Second::throughput,
                            LoadTestResult.Second::backlog)
                    .containsExactly(tuple(0, 3L, 3.0, 0L), tuple(1, 2L, 4.0, 7L));
        }
        assertThat(told)
                .extracting(it -> it.elapsed().toMillis())
                .containsExactly(1_000L, 2_000L, 2_500L);
        assertThat(told.getLast().failed()).isEqualTo(2);
        assertThat(told.getLast().total()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void a_slice_that_is_used_again_is_empty() throws Exception {
        try (ResultCollector ledger = new ResultCollector(plan, told::add, samples)) {
            List<IntervalCounters> used = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                IntervalCounters slice = filled(ledger.open(), 1);
                used.add(slice);
                ledger.close(slice, SECOND, SECOND);
            }

            assertThat(ledger.finish(Duration.ofSeconds(50), COST).latency().getTotalCount())
                    .isEqualTo(50);
            assertThat(used).allMatch(it -> it.latency.getTotalCount() == 0);
        }
    }

    @Test
    void latencies_out_of_range_count_as_the_nearest_in_it() {
        IntervalCounters slice = new IntervalCounters();
        slice.answered(0);
        slice.answered(3_600 * SECOND);

        assertThat(slice.latency.getMinNonZeroValue()).isEqualTo(1);
        assertThat(slice.latency.getMaxValue()).isCloseTo(300 * SECOND, withPercentage(0.1));
    }

    @Test
    void every_answer_put_aside_is_checked_and_the_first_wrong_ones_are_kept_as_examples() {
        for (int i = 0; i < 100; i++) {
            samples.offer(sample(i % 2));
        }
        samples.offerWrong(3, AnswerFault.MALFORMED, "garbage");
        assertThat(samples.wrong()).as("before the check").isEqualTo(1);

        samples.checkAll();

        LoadTestResult.Outcome outcome = samples.outcome(100, Map.of());
        assertThat(outcome.verified()).isEqualTo(100);
        assertThat(outcome.wrong())
                .isEqualTo(Map.of(AnswerFault.SIGNATURE, 50L, AnswerFault.MALFORMED, 1L));
        assertThat(outcome.wrongAnswers()).isEqualTo(51);
        assertThat(outcome.examples()).hasSize(20).first().extracting("seen").isEqualTo("garbage");
    }

    @Test
    void answers_beyond_the_limit_are_dropped_and_not_counted_as_checked() {
        for (int i = 0; i < 70_000; i++) {
            samples.offer(sample(0));
        }
        assertThat(samples.isFull()).isTrue();

        samples.checkAll();

        assertThat(samples.isFull()).isFalse();
        assertThat(samples.outcome(70_000, Map.of()).verified()).isEqualTo(65_536);
    }

    private static IntervalCounters filled(IntervalCounters slice, int answers) {
        for (int i = 0; i < answers; i++) {
            slice.answers++;
            slice.answered((i + 1) * MILLI);
        }
        return slice;
    }

    private static SampledAnswer sample(int value) {
        return new SampledAnswer(0, ByteString.of((byte) value), Instant.EPOCH);
    }
}
