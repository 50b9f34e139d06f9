package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScalePlanTest {
    @Test
    void sizes_climb_to_the_largest() {
        assertThat(ScalePlan.sizes(10_000_000)).containsExactly(10_000L, 1_000_000L, 10_000_000L);
        assertThat(ScalePlan.sizes(100_000_000)).hasSize(4).endsWith(100_000_000L);
    }

    @Test
    void a_size_between_two_steps_is_the_last() {
        assertThat(ScalePlan.sizes(2_000_000)).containsExactly(10_000L, 1_000_000L, 2_000_000L);
        assertThat(ScalePlan.sizes(500)).containsExactly(500L);
    }
}
