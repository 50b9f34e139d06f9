package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.alert.Incident.Kind;

final class NodeMonitorTest {
    private static final FollowerState WELL = state(0, Optional.empty());

    private final FakeAlarm alarm = new FakeAlarm();
    private FollowerState state = WELL;
    private Optional<Duration> age = Optional.empty();
    private long nanos;
    private long forgedResponses;

    /// S is 15 minutes.
    private final NodeMonitor monitor =
            new NodeMonitor(
                    SignedRecords.cluster(
                            new ClusterConfig.Kafka(
                                    List.of("localhost:9092"),
                                    Optional.empty(),
                                    "precert",
                                    Optional.empty())),
                    () -> state,
                    () -> age,
                    () -> forgedResponses,
                    alarm,
                    () -> nanos);

    private static FollowerState state(long forged, Optional<String> stopped) {
        return new FollowerState(1, 7, 0, Map.of("forged", forged), forged, stopped);
    }

    @Test
    void an_edge_is_late_when_its_lease_has_lived_a_third_of_its_time() {
        age = Optional.of(Duration.ofSeconds(299));
        monitor.look();
        assertThat(alarm.open()).isEmpty();

        age = Optional.of(Duration.ofMinutes(5));
        monitor.look();
        assertThat(alarm.open()).containsExactly("CLUSTER_STALE a");

        age = Optional.of(Duration.ofSeconds(1));
        monitor.look();
        assertThat(alarm.open()).isEmpty();
    }

    @Test
    void an_edge_without_a_lease_is_late_after_the_same_time() {
        nanos = Duration.ofSeconds(299).toNanos();
        monitor.look();
        assertThat(alarm.open()).isEmpty();

        nanos = Duration.ofMinutes(5).toNanos();
        monitor.look();
        assertThat(alarm.open()).containsExactly("CLUSTER_STALE a");
    }

    @Test
    void a_forged_record_is_an_alert_once() {
        state = state(1, Optional.empty());
        monitor.look();
        monitor.look();
        state = state(2, Optional.empty());
        monitor.look();

        assertThat(alarm.raised())
                .extracting(it -> it.kind())
                .containsExactly(Kind.CLUSTER_FORGED, Kind.CLUSTER_FORGED);
        assertThat(alarm.raised().getLast().what()).contains("2 records");
    }

    @Test
    void so_are_forged_responses() {
        forgedResponses = 3;
        monitor.look();
        monitor.look();

        assertThat(alarm.raised()).extracting(it -> it.kind()).containsExactly(Kind.CLUSTER_FORGED);
        assertThat(alarm.raised().getLast().what()).contains("3 records");
    }

    @Test
    void an_edge_that_reads_no_further_says_why() {
        state = state(0, Optional.of("GAP, 3 records are missing"));
        monitor.look();

        assertThat(alarm.open()).containsExactly("CLUSTER_STOPPED a");
        assertThat(alarm.raised().getFirst().what()).contains("GAP, 3 records", "change 7");

        state = WELL;
        monitor.look();
        assertThat(alarm.open()).isEmpty();
    }
}
