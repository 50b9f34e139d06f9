package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WarmUpTest {
    private static List<Double> costs(int slices, IntToDoubleFunction each) {
        return IntStream.range(0, slices).mapToDouble(each).boxed().toList();
    }

    @Test
    void a_cost_that_no_longer_falls_is_steady() {
        assertThat(WarmUp.isSteady(costs(40, i -> i < 8 ? 100 - 10 * i : 14 + i % 3))).isTrue();
    }

    @Test
    void noise_around_it_does_not_matter() {
        assertThat(WarmUp.isSteady(costs(2 * WarmUp.WINDOW, i -> i % 4 == 0 ? 30 : 14))).isTrue();
    }

    @Test
    void a_cost_that_still_falls_is_not_steady() {
        assertThat(WarmUp.isSteady(costs(2 * WarmUp.WINDOW, i -> 100 - i))).isFalse();
    }

    @Test
    void few_slices_tell_nothing() {
        assertThat(WarmUp.isSteady(costs(2 * WarmUp.WINDOW - 1, _ -> 14))).isFalse();
    }

    @Test
    void sides_without_a_server_need_none() throws Exception {
        Contestant bare =
                new Contestant() {
                    @Override
                    public String name() {
                        return "bare";
                    }

                    @Override
                    public Measurement measure(Duration time) {
                        throw new IllegalStateException("was warmed up");
                    }
                };

        WarmUp warmUp = new WarmUp(Duration.ofSeconds(1), Duration.ofSeconds(40));

        assertThat(warmUp.run(List.of(bare))).isEmpty();
    }
}
