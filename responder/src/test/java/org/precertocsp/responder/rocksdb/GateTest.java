package org.precertocsp.responder.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.status.StoreFailure;

final class GateTest {
    private final Gate gate = new Gate();

    @Test
    void whoever_does_not_leave_is_not_waited_for_for_ever() {
        int inside = gate.enter();

        assertThat(gate.shut(Duration.ofMillis(5))).isEqualTo(Gate.Shut.STILL_INSIDE);
        assertThatThrownBy(gate::enter).isInstanceOf(StoreFailure.class);
        gate.leave(inside);
    }

    @Test
    void an_empty_gate_is_shut_once() {
        gate.leave(gate.enter());

        assertThat(gate.shut(Duration.ofMillis(5))).isEqualTo(Gate.Shut.EMPTY);
        assertThat(gate.shut(Duration.ofMillis(5))).isEqualTo(Gate.Shut.BEFORE);
    }
}
