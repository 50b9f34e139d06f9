package org.precertocsp.responder.cluster.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.revoked;
import static org.precertocsp.responder.status.TestChanges.source;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.cluster.ClusterAuthority;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterConfig.Snapshots.Location;
import org.precertocsp.responder.cluster.ClusterEdge;
import org.precertocsp.responder.cluster.FirstRecord;
import org.precertocsp.responder.cluster.SignedRecords;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.snapshot.SnapshotBootstrap;
import org.precertocsp.responder.cluster.snapshot.SnapshotDirectory;
import org.precertocsp.responder.cluster.snapshot.SnapshotWriter;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.FrozenRows.IssuerDigest;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.RowTables;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.responder.task.BackgroundTasks;

/// A broker deletes the beginning of the status topic, and a new edge begins with a snapshot.
@Timeout(180)
final class KafkaSnapshotTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path directory = Path.of("");

    private static void commit(ClusterAuthority authority, StatusChange... changes) {
        try (ChangeSet set = authority.begin(source("set"))) {
            set.applyAll(List.of(changes));
            set.commit();
        }
    }

    private static ClusterConfig as(
            ClusterConfig of, ClusterConfig.Role role, String name, Optional<Location> location) {
        return new ClusterConfig(
                role,
                name,
                of.key(),
                of.kafka(),
                of.authorities(),
                of.edges(),
                of.maxStaleness(),
                of.effectiveWait(),
                of.takeover(),
                location.map(it -> new ClusterConfig.Snapshots(it, Duration.ofDays(1), 3)),
                of.client());
    }

    private static List<IssuerDigest> digests(RocksStore store) {
        try (RowTables rows = store.frozenRows()) {
            return rows.digests(_ -> {});
        }
    }

    @Test
    void an_edge_begins_though_records_were_deleted() throws Exception {
        KafkaBrokers brokers = KafkaBrokers.single();
        brokers.create(ClusterTopic.STATUS, "snapshots");
        brokers.create(ClusterTopic.REPORTS, "snapshots");
        SignedRecords.Node a = SignedRecords.a();
        ClusterConfig config = SignedRecords.cluster(brokers.kafka("snapshots"));
        Path snapshots = directory.resolve("snapshots");
        KeyPair edgeKey = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        ClusterConfig edgeConfig =
                as(
                        config,
                        ClusterConfig.Role.EDGE,
                        "fra1",
                        Optional.of(new Location.Directory(snapshots)));
        BackgroundTasks tasks = BackgroundTasks.logged();
        try (StatusLog status = KafkaStatusLog.status(config);
                StatusLog reports = KafkaStatusLog.reports(config);
                StatusLog edgeStatus = KafkaStatusLog.status(edgeConfig);
                StatusLog edgeReports = KafkaStatusLog.reports(edgeConfig);
                RocksStore store =
                        RocksStore.open(new StoreConfig(directory.resolve("a"), 8 << 20));
                RocksStore edgeStore =
                        RocksStore.open(new StoreConfig(directory.resolve("fra1"), 8 << 20))) {
            status.append(FirstRecord.signed(a.name(), a.key()));
            try (ClusterAuthority authority =
                    ClusterAuthority.start(
                            config,
                            a.key(),
                            status,
                            reports,
                            store.replica(),
                            tasks,
                            InstantSource.system())) {
                assertThat(authority.awaitSettled(PATIENCE)).isTrue();
                commit(authority, declared(key(1)), declared(key(2)));
                commit(authority, revoked(key(1), RevocationReason.SUPERSEDED));
                SnapshotWriter.Made made =
                        new SnapshotWriter(
                                        new SnapshotDirectory(snapshots),
                                        a.name(),
                                        a.key(),
                                        3,
                                        "1",
                                        InstantSource.system())
                                .write(store, (_, _) -> {});
                commit(authority, revoked(key(2), RevocationReason.SUPERSEDED));
                deleteBefore(brokers, made.manifest().offset());

                assertThatThrownBy(
                                () ->
                                        SnapshotBootstrap.run(
                                                as(
                                                        config,
                                                        ClusterConfig.Role.EDGE,
                                                        "fra1",
                                                        Optional.empty()),
                                                edgeStore,
                                                edgeStore.answeringReplica(),
                                                edgeStatus,
                                                Alarm.LOGGED))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("cluster snapshot");
                assertThat(
                                SnapshotBootstrap.run(
                                        edgeConfig,
                                        edgeStore,
                                        edgeStore.answeringReplica(),
                                        edgeStatus,
                                        Alarm.LOGGED))
                        .isEqualTo(
                                new SnapshotBootstrap.Outcome.Taken(
                                        made.path().toString(), made.manifest()));
                try (ClusterEdge edge =
                        ClusterEdge.start(
                                edgeConfig,
                                edgeKey.getPrivate(),
                                edgeStatus,
                                edgeReports,
                                edgeStore.answeringReplica(),
                                tasks)) {
                    assertThat(edge.awaitApplied(3, PATIENCE)).isTrue();
                    assertThat(digests(edgeStore)).hasSize(2).isEqualTo(digests(store));
                }
            }
        }
    }

    private static void deleteBefore(KafkaBrokers brokers, long offset) throws Exception {
        try (Admin admin = new KafkaClientSettings(brokers.kafka("snapshots"), "test").admin()) {
            // A broker without other work has kept this request until it timed out.
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(
                            () ->
                                    admin.deleteRecords(
                                                    Map.of(
                                                            new TopicPartition(
                                                                    "snapshots.status", 0),
                                                            RecordsToDelete.beforeOffset(offset)))
                                            .all()
                                            .get());
        }
    }
}
