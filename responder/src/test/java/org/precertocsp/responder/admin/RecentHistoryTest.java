package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// The recent past in steps.
final class RecentHistoryTest {
    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
    private static final int BUCKETS = 26;

    private static RecentHistory.Counts counts(long second, long requests, long answered) {
        return new RecentHistory.Counts(
                START.plusSeconds(second),
                requests,
                answered,
                0,
                0,
                Collections.nCopies(BUCKETS, 0L));
    }

    private static List<Long> all(int bucket, long count) {
        List<Long> counts = new ArrayList<>(Collections.nCopies(BUCKETS, 0L));
        counts.set(bucket, count);
        return counts;
    }

    @Test
    void a_moment_has_what_was_counted_since_the_one_before() {
        RecentHistory moments = new RecentHistory();
        moments.add(counts(0, 100, 90));
        moments.add(counts(5, 160, 140));

        assertThat(moments.all())
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.seconds()).isEqualTo(5);
                            assertThat(it.requests()).isEqualTo(60);
                            assertThat(it.unanswered()).isEqualTo(10);
                            assertThat(it.p99Micros()).isEmpty();
                        });
    }

    @Test
    void the_oldest_moments_are_forgotten() {
        RecentHistory moments = new RecentHistory();
        for (int i = 0; i < 2 * RecentHistory.KEPT; i++) {
            moments.add(counts(i, i, i));
        }

        assertThat(moments.all()).hasSize(RecentHistory.KEPT);
        assertThat(moments.all().getLast().at())
                .isEqualTo(START.plusSeconds(2L * RecentHistory.KEPT - 1));
    }

    @Test
    void a_clock_that_went_back_ends_no_moment() {
        RecentHistory moments = new RecentHistory();
        moments.add(counts(5, 1, 1));
        moments.add(counts(0, 2, 2));
        moments.add(counts(1, 5, 5));

        assertThat(moments.all()).extracting(Overview.Moment::requests).containsExactly(3L);
    }

    @Property(tries = 200)
    void quantiles_lie_in_their_bucket_and_in_order(
            @ForAll @IntRange(max = 24) int bucket, @ForAll @IntRange(min = 1) int count) {
        RecentHistory moments = new RecentHistory();
        moments.add(counts(0, 0, 0));
        moments.add(
                new RecentHistory.Counts(
                        START.plusSeconds(1), count, count, 0, 0, all(bucket, count)));

        Overview.Moment moment = moments.all().getFirst();
        double end = Math.scalb(1.0, bucket);
        double half = moment.p50Micros().orElseThrow();
        double most = moment.p99Micros().orElseThrow();
        assertThat(half).isLessThan(most);
        assertThat(half).isBetween(bucket == 0 ? 0 : end / 2, end);
        assertThat(most).isCloseTo(end, Offset.offset(end / 50));
    }
}
