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
import org.precertocsp.loadtest.requests.EncodedRequest;
import org.precertocsp.loadtest.requests.Question;
import org.precertocsp.loadtest.requests.RequestEncoder;
import org.precertocsp.loadtest.requests.RequestSupply;
import org.precertocsp.loadtest.requests.Target;
import org.precertocsp.ocsp.Octets;

/// What intervals and put-aside answers add up to, without a network.
final class ResultCollectorTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final LoadRun.DriverCost COST = new LoadRun.DriverCost(Duration.ZERO, 0);

    private static final RequestSupply SUPPLY =
            new RequestSupply() {
                @Override
                public RequestEncoder encoder(Target target, boolean keepAlive) {
                    return (long index, EncodedRequest into) -> {
                        throw new IllegalStateException("nothing is sent here");
                    };
                }

                @Override
                public Question question(long index) {
                    return TestRuns.QUESTION;
                }
            };

    /// Answers of one byte: right if it is 0.
    private static final AnswerCheck CHECK =
            (question, answer, _) ->
                    answer[0] == 0
                            ? Optional.empty()
                            : Optional.of(new WrongAnswer(question, Fault.SIGNATURE, "a test"));

    private final Samples samples = new Samples(SUPPLY, CHECK);
    private final List<Progress.Standing> told = new CopyOnWriteArrayList<>();
    private final LoadPlan plan =
            new LoadPlan(
                    new Target("127.0.0.1", 80, "/"),
                    new Pace.Rate(10),
                    Connections.keptAlive(1),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    1);

    @Test
    void intervals_are_added_up_and_each_of_the_measured_time_is_in_the_timeline()
            throws Exception {
        try (Ledger ledger = new Ledger(plan, told::add, samples)) {
            ledger.close(filled(ledger.open(), 0), 0, SECOND);
            ledger.close(filled(ledger.open(), 3), SECOND, SECOND);
            Slice last = filled(ledger.open(), 2);
            last.failed(Failure.TIMEOUT);
            last.failed(Failure.TIMEOUT);
            last.backlog = 7;
            ledger.close(last, 3 * SECOND / 2, SECOND / 2);

            LoadRun run = ledger.finish(Duration.ofMillis(1_500), COST);

            assertThat(run.latency().getTotalCount()).isEqualTo(5);
            assertThat(run.outcome().completed()).isEqualTo(5);
            assertThat(run.outcome().failures()).isEqualTo(Map.of(Failure.TIMEOUT, 2L));
            assertThat(run.throughput()).isEqualTo(5 / 1.5);
            assertThat(run.timeline())
                    .extracting(
                            LoadRun.Second::offset,
                            LoadRun.Second::completed,
                            LoadRun.Second::throughput,
                            LoadRun.Second::backlog)
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
        try (Ledger ledger = new Ledger(plan, told::add, samples)) {
            List<Slice> used = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Slice slice = filled(ledger.open(), 1);
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
        Slice slice = new Slice();
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
        samples.offerWrong(3, Fault.MALFORMED, "garbage");
        assertThat(samples.wrong()).as("before the check").isEqualTo(1);

        samples.checkAll();

        LoadRun.Outcome outcome = samples.outcome(100, Map.of());
        assertThat(outcome.verified()).isEqualTo(100);
        assertThat(outcome.wrong()).isEqualTo(Map.of(Fault.SIGNATURE, 50L, Fault.MALFORMED, 1L));
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

    private static Slice filled(Slice slice, int answers) {
        for (int i = 0; i < answers; i++) {
            slice.answers++;
            slice.answered((i + 1) * MILLI);
        }
        return slice;
    }

    private static Sample sample(int value) {
        return new Sample(0, Octets.of((byte) value), Instant.EPOCH);
    }
}
