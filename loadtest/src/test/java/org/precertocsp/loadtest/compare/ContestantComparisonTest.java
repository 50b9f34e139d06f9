package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// How sides are measured, and how what was measured is told.
final class ContestantComparisonTest {
    private static final Duration TIME = Duration.ofSeconds(4);
    private static final WarmUp WARM_UP =
            new WarmUp(Duration.ofMillis(100), Duration.ofMillis(300));

    private final List<String> measured = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    /// Faster by a hundred answers a second each time it is measured.
    private Contestant side(String name, int first) {
        return new Contestant() {
            private int perSecond = first;

            @Override
            public String name() {
                return name;
            }

            @Override
            public Measurement measure(Duration time) {
                assertThat(time).isEqualTo(TIME);
                measured.add(name);
                Measurement sample = Measurement.bare(perSecond);
                perSecond += 100;
                return sample;
            }
        };
    }

    private ComparisonResult run(int rounds) throws Exception {
        return new ContestantComparison(
                        ComparisonKind.GET,
                        "a title",
                        List.of(side("ours", 1_000), side("theirs", 500)),
                        List.of(ComparisonTarget.speed("1", "ours", "theirs", 2)))
                .run(rounds, WARM_UP, new HashSet<>(), TIME, told::add);
    }

    @Test
    void sides_are_measured_in_turn_round_by_round() throws Exception {
        ComparisonResult result = run(3);

        assertThat(measured).containsExactly("ours", "theirs", "ours", "theirs", "ours", "theirs");
        assertThat(result.sides().get("ours"))
                .extracting(Measurement::perSecond)
                .containsExactly(1_000.0, 1_100.0, 1_200.0);
        assertThat(result.pair()).isEqualTo("get");
        // 1000/500, 1100/600 and 1200/700.
        assertThat(result.verdicts())
                .singleElement()
                .satisfies(it -> assertThat(it.ratio().median()).isEqualTo(1_100 / 600.0));
    }

    @Test
    void every_measurement_is_told_with_its_round() throws Exception {
        run(2);

        assertThat(told)
                .containsExactly(
                        "get, round 1 of 2: ours 1,000/s, 1000.00 µs CPU each",
                        "get, round 1 of 2: theirs 500/s, 2000.00 µs CPU each",
                        "get, round 2 of 2: ours 1,100/s, 909.09 µs CPU each",
                        "get, round 2 of 2: theirs 600/s, 1666.67 µs CPU each");
    }

    @Test
    void comparisons_have_names() {
        assertThat(ComparisonKind.named("unassigned")).contains(ComparisonKind.UNASSIGNED);
        assertThat(ComparisonKind.named("live-tail")).contains(ComparisonKind.LIVE_TAIL);
        assertThat(ComparisonKind.named("UNASSIGNED")).isEmpty();
        assertThat(ComparisonKind.named("")).isEmpty();
    }

    @Test
    void a_plan_without_fresh_serials_rounds_or_connections_is_refused() {
        assertThat(plan(101, 100, 1, 1).rounds()).isEqualTo(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(100, 100, 1, 1))
                .withMessage(
                        "serials: 100 must be more than the 100 that are requested repeatedly");
        assertThatIllegalArgumentException().isThrownBy(() -> plan(101, 100, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> plan(101, 100, 1, 0));
    }

    private static ComparisonPlan plan(long serials, int hot, int rounds, int connections) {
        return new ComparisonPlan(
                Optional.empty(),
                Path.of("work"),
                serials,
                serials,
                hot,
                connections,
                rounds,
                WARM_UP,
                TIME,
                TIME,
                List.of(ComparisonKind.GET));
    }
}
