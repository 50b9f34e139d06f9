package org.precertocsp.responder.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;

final class KeyFailureAlertTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

    private final List<String> told = new ArrayList<>();
    private final KeyFailureAlert alert =
            new KeyFailureAlert(
                    "example",
                    new Alarm() {
                        @Override
                        public void raise(Incident incident) {
                            told.add(
                                    "raised %s %s: %s"
                                            .formatted(
                                                    incident.kind(),
                                                    incident.about(),
                                                    incident.what()));
                        }

                        @Override
                        public void end(Incident.Kind kind, String about) {
                            told.add("ended %s %s".formatted(kind, about));
                        }
                    });

    @Test
    void failing_key_is_one_alert_with_its_cause_and_its_end() {
        for (int second = 0; second < 50; second++) {
            alert.update(Optional.of("the token is gone"), START.plusSeconds(second));
        }
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("raised SIGNING example: ")
                .contains("the token is gone");

        for (int second = 50; second < 100; second++) {
            alert.update(Optional.empty(), START.plusSeconds(second));
        }
        assertThat(told).hasSize(2).last().isEqualTo("ended SIGNING example");
    }

    @Test
    void key_that_fails_again_at_once_is_the_same_alert() {
        for (int second = 0; second < 60; second += 2) {
            alert.update(Optional.of("gone"), START.plusSeconds(second));
            alert.update(Optional.empty(), START.plusSeconds(second + 1));
        }
        assertThat(told).hasSize(1);
    }

    @Test
    void other_cause_is_told_but_not_every_second() {
        for (int second = 0; second < 120; second++) {
            alert.update(Optional.of("cause " + second), START.plusSeconds(second));
        }
        assertThat(told).hasSize(2);
        assertThat(told.getLast()).contains("cause 60");
    }

    @Test
    void clock_set_back_delays_neither_alert_nor_end() {
        alert.update(Optional.of("gone"), START);
        Instant back = START.minusSeconds(7200);
        alert.update(Optional.of("other"), back);
        alert.update(Optional.empty(), back.plusSeconds(1));
        alert.update(Optional.empty(), back.plusSeconds(1).plus(KeyFailureAlert.SETTLED));

        assertThat(told).hasSize(3).last().isEqualTo("ended SIGNING example");
    }
}
