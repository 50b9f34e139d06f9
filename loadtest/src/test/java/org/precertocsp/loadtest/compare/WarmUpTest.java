package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WarmUpTest {
    private static List<Double> costs(double... each) {
        return Arrays.stream(each).boxed().toList();
    }

    @Test
    void a_cost_that_no_longer_falls_is_steady() {
        assertThat(WarmUp.isSteady(costs(38, 20, 14.2, 14, 14.4, 14, 14.1, 14, 13.9, 14, 14.2, 14)))
                .isTrue();
    }

    @Test
    void noise_around_it_does_not_matter() {
        assertThat(WarmUp.isSteady(costs(14, 19, 13, 14, 22, 14, 15, 14, 24, 13, 14, 18))).isTrue();
    }

    @Test
    void a_cost_that_still_falls_is_not_steady() {
        assertThat(WarmUp.isSteady(costs(38, 35, 33, 31, 29, 27, 25, 23, 21, 20, 19, 18)))
                .isFalse();
    }

    @Test
    void few_slices_tell_nothing() {
        assertThat(WarmUp.isSteady(costs(14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14))).isFalse();
    }

    @Test
    void sides_without_a_server_need_none() throws Exception {
        Side bare =
                new Side() {
                    @Override
                    public String name() {
                        return "bare";
                    }

                    @Override
                    public Sample measure(Duration time) {
                        throw new IllegalStateException("was warmed up");
                    }
                };

        WarmUp warmUp = new WarmUp(Duration.ofSeconds(1), Duration.ofSeconds(40));

        assertThat(warmUp.run(List.of(bare))).isEmpty();
    }
}
