package org.precertocsp.responder.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.FakeClock;

final class ExpiryMonitorTest {
    private static final Instant END = Instant.parse("2026-12-31T00:00:00Z");
    private static final String WHAT = "the responder certificate of tls";

    private final FakeClock clock = new FakeClock(END.minus(Duration.ofDays(20)));
    private final Map<String, Instant> ends = new TreeMap<>(Map.of(WHAT, END));
    private final FakeAlarm alarm = new FakeAlarm();
    private final List<Incident> raised = alarm.raised();
    private final ExpiryMonitor watch =
            new ExpiryMonitor(
                    List.of(Duration.ofDays(14), Duration.ofDays(3)), alarm, clock, () -> ends);

    private List<String> about() {
        return raised.stream().map(Incident::about).toList();
    }

    private void look(Duration beforeEnd) {
        clock.pass(Duration.between(clock.instant(), END.minus(beforeEnd)));
        watch.check();
        watch.check();
    }

    @Test
    void each_lead_time_is_an_alert_once_and_the_end_another() {
        look(Duration.ofDays(15));
        assertThat(raised).isEmpty();
        look(Duration.ofDays(14));
        look(Duration.ofDays(4));
        assertThat(about()).containsExactly(WHAT + ": 14 days left");
        look(Duration.ofDays(3));
        look(Duration.ZERO);

        assertThat(about())
                .containsExactly(WHAT + ": 14 days left", WHAT + ": 3 days left", WHAT + ": over");
        assertThat(raised)
                .allSatisfy(
                        it -> {
                            assertThat(it.kind()).isEqualTo(Incident.Kind.SIGNING);
                            assertThat(it.what()).contains(END.toString());
                        });
    }

    @Test
    void a_server_started_late_raises_the_nearest_lead_alone() {
        look(Duration.ofDays(2));

        assertThat(about()).containsExactly(WHAT + ": 3 days left");
    }

    @Test
    void alerts_end_with_a_new_certificate_or_none_also_those_of_an_earlier_run() {
        look(Duration.ofDays(2));
        ends.remove(WHAT);
        watch.check();
        assertThat(alarm.open()).isEmpty();

        alarm.raise(new Incident(Incident.Kind.SIGNING, WHAT + ": over", ""));
        alarm.raise(new Incident(Incident.Kind.SIGNING, WHAT + ": 14 days left", ""));
        ends.put(WHAT, END.plus(Duration.ofDays(5)));
        watch.check();
        assertThat(alarm.open()).containsExactly("SIGNING " + WHAT + ": 14 days left");
    }

    @Test
    void a_certificate_put_in_its_place_is_watched_from_then_on() {
        look(Duration.ofDays(14));
        ends.put(WHAT, END.plus(Duration.ofDays(90)));
        look(Duration.ofDays(1));
        assertThat(raised).hasSize(1);
        assertThat(alarm.open()).isEmpty();

        look(Duration.ofDays(-77));
        assertThat(about()).containsExactly(WHAT + ": 14 days left", WHAT + ": 14 days left");
    }
}
