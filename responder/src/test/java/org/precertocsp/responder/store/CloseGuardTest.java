package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.status.StoreException;

final class CloseGuardTest {
    private final CloseGuard gate = new CloseGuard();

    @Test
    void whoever_does_not_leave_is_not_waited_for_for_ever() {
        int inside = gate.enter();

        assertThat(gate.shut(Duration.ofMillis(5))).isEqualTo(CloseGuard.Shut.STILL_INSIDE);
        assertThatThrownBy(gate::enter).isInstanceOf(StoreException.class);
        gate.leave(inside);
    }

    @Test
    void an_empty_gate_is_shut_once() {
        gate.leave(gate.enter());

        assertThat(gate.shut(Duration.ofMillis(5))).isEqualTo(CloseGuard.Shut.EMPTY);
        assertThat(gate.shut(Duration.ofMillis(5))).isEqualTo(CloseGuard.Shut.BEFORE);
    }
}
