package org.precertocsp.loadtest.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ZipfDistributionTest {
    private static final int DRAWS = 200_000;

    @Test
    void ranks_have_the_weights_of_the_law() {
        ZipfDistribution order = new ZipfDistribution(1.0, 1_000, 5);
        int[] seen = new int[1_000];
        for (int i = 0; i < DRAWS; i++) {
            seen[order.rank(i)]++;
        }
        double harmonic = 0;
        for (int rank = 1; rank <= 1_000; rank++) {
            harmonic += 1.0 / rank;
        }

        for (int rank : new int[] {1, 2, 10, 100}) {
            double share = 1 / (rank * harmonic);
            assertThat(seen[rank - 1] / (double) DRAWS)
                    .isCloseTo(share, within(0.1 * share + 0.001));
        }
    }

    @Test
    void without_skew_all_ranks_are_alike() {
        ZipfDistribution order = new ZipfDistribution(0, 10, 5);
        int[] seen = new int[10];
        for (int i = 0; i < DRAWS; i++) {
            seen[order.rank(i)]++;
        }

        assertThat(IntStream.of(seen).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(19_000, 21_000));
    }

    @Test
    void every_row_is_reached_from_some_rank() {
        ZipfDistribution order = new ZipfDistribution(0, 97, 5);
        BitSet rows = new BitSet();
        for (int i = 0; i < 10_000; i++) {
            rows.set(order.row(i));
        }

        assertThat(rows.cardinality()).isEqualTo(97);
    }

    @Test
    void one_row_is_always_that_row() {
        assertThat(new ZipfDistribution(1.2, 1, 5).row(3)).isZero();
    }
}
