package org.precertocsp.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WarmUpTest {
    @Test
    void three_slices_alike_are_steady() {
        assertThat(WarmUp.isSteady(List.of(38.0, 20.0, 14.2, 14.0, 14.4))).isTrue();
    }

    @Test
    void fewer_tell_nothing() {
        assertThat(WarmUp.isSteady(List.of(14.0, 14.0))).isFalse();
    }

    @Test
    void one_far_from_the_others_is_not_steady() {
        assertThat(WarmUp.isSteady(List.of(14.0, 14.0, 14.0, 13.5))).isFalse();
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
