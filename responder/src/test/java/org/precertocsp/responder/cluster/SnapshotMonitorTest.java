package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.DIGEST;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.cluster.ClusterConfig.Snapshots.Location;
import org.precertocsp.responder.cluster.snapshot.SnapshotMonitor;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.responder.task.BackgroundTasks;

@Timeout(120)
final class SnapshotMonitorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path directory = Path.of("");

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2027-01-15T12:00:00Z"));
    private final FakeAlarm alarm = new FakeAlarm();

    private SnapshotMonitor start(RocksStore store, Path snapshots) throws IOException {
        return SnapshotMonitor.start(
                BackgroundTasks.logged(),
                SnapshotTest.config(A, Optional.of(new Location.Directory(snapshots))),
                TestRecords.A_KEY.getPrivate(),
                store,
                directory,
                alarm,
                "1",
                now::get);
    }

    private RocksStore filled() throws Exception {
        RocksStore store = RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
        try (ChangeSet set = store.begin(source("test"))) {
            set.apply(declared(key(1)));
            set.commit();
        }
        ReaderPosition at = new ReaderPosition(1, 1, Optional.of(A), 1, DIGEST, Optional.empty());
        store.replica().keepPosition(new StoredPosition(at, Optional.empty(), 7).encode());
        return store;
    }

    private static List<String> names(Path snapshots) throws IOException {
        try (Stream<Path> all = Files.list(snapshots)) {
            return all.map(it -> String.valueOf(it.getFileName()))
                    .filter(it -> it.endsWith("-a"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void a_snapshot_that_fails_is_an_alert_until_one_succeeds() throws Exception {
        Path snapshots = directory.resolve("snapshots");
        Files.writeString(snapshots, "no directory");
        try (RocksStore store = filled();
                SnapshotMonitor monitor = start(store, snapshots)) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(alarm.open()).containsExactly("SNAPSHOT_FAILED a"));
            assertThat(monitor.age()).isEmpty();
            assertThatThrownBy(() -> SnapshotMonitor.request(directory, PATIENCE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the server wrote no snapshot: ");
            Files.delete(snapshots);

            now.updateAndGet(it -> it.plus(Duration.ofMinutes(11)));

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(alarm.open()).isEmpty());
            assertThat(monitor.age()).contains(Duration.ZERO);
            now.updateAndGet(it -> it.plusSeconds(5));
            assertThat(monitor.age()).contains(Duration.ofSeconds(5));
        }
    }

    @Test
    void one_is_written_when_the_newest_is_old_enough_also_after_a_restart() throws Exception {
        Path snapshots = directory.resolve("snapshots");
        try (RocksStore store = filled()) {
            try (SnapshotMonitor _ = start(store, snapshots)) {
                await().atMost(PATIENCE).until(() -> Files.exists(snapshots.resolve("index.txt")));
            }
            now.updateAndGet(it -> it.plus(Duration.ofHours(23)));
            try (SnapshotMonitor monitor = start(store, snapshots)) {
                assertThat(monitor.age()).contains(Duration.ofHours(23));
                // One that is requested counts, too.
                SnapshotMonitor.Made made = SnapshotMonitor.request(directory, PATIENCE);
                assertThat(made.sequence()).isEqualTo(1);
                now.updateAndGet(it -> it.plus(Duration.ofHours(23)));
                SnapshotMonitor.request(directory, PATIENCE);
                now.updateAndGet(it -> it.plus(Duration.ofHours(24)));
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () ->
                                        assertThat(names(snapshots))
                                                .containsExactly(
                                                        "20270116T110000Z-a",
                                                        "20270117T100000Z-a",
                                                        "20270118T100000Z-a"));
            }
        }
    }
}
