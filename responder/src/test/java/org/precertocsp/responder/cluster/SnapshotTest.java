package org.precertocsp.responder.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.B;
import static org.precertocsp.responder.cluster.TestRecords.EDGE;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.revoked;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.cluster.ClusterConfig.Snapshots.Location;
import org.precertocsp.responder.cluster.snapshot.InvalidSnapshotException;
import org.precertocsp.responder.cluster.snapshot.SnapshotBootstrap;
import org.precertocsp.responder.cluster.snapshot.SnapshotBootstrap.Outcome;
import org.precertocsp.responder.cluster.snapshot.SnapshotDirectory;
import org.precertocsp.responder.cluster.snapshot.SnapshotVerifier;
import org.precertocsp.responder.cluster.snapshot.SnapshotWriter;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.responder.store.StoreDump;

/// Nodes that begin with snapshots, and snapshots that must not be taken.
@Timeout(120)
final class SnapshotTest {
    private static final RevocationReason REASON = RevocationReason.KEY_COMPROMISE;
    private static final Instant NOON = Instant.parse("2027-01-15T12:00:00Z");

    @TempDir private Path directory = Path.of("");

    private TestCluster cluster;
    private Path snapshots = Path.of("");
    private int made;

    @BeforeEach
    void start() throws Exception {
        cluster = new TestCluster(Files.createDirectory(directory.resolve("nodes")));
        snapshots = directory.resolve("snapshots");
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
    }

    static ClusterConfig config(String name, Optional<Location> location) {
        URI address = URI.create("https://a.example");
        boolean authority = name.equals(A) || name.equals(B);
        return new ClusterConfig(
                authority ? ClusterConfig.Role.AUTHORITY : ClusterConfig.Role.EDGE,
                name,
                Path.of("key.pem"),
                new ClusterConfig.Kafka(
                        List.of("localhost:9092"), Optional.empty(), "x", Optional.empty()),
                List.of(
                        new ClusterConfig.AuthorityNode(A, TestRecords.A_KEY.getPublic(), address),
                        new ClusterConfig.AuthorityNode(B, TestRecords.B_KEY.getPublic(), address)),
                List.of(),
                Duration.ofMinutes(1),
                Duration.ofSeconds(5),
                ClusterConfig.Takeover.AUTO,
                location.map(it -> new ClusterConfig.Snapshots(it, Duration.ofDays(1), 3)),
                Optional.empty());
    }

    private Optional<Location> here() {
        return Optional.of(new Location.Directory(snapshots));
    }

    private SnapshotWriter.Made write(String authority, PrivateKey key) throws IOException {
        // Each in a second of its own.
        Instant at = NOON.plusSeconds(made++);
        return new SnapshotWriter(
                        new SnapshotDirectory(snapshots), authority, key, 3, "1", () -> at)
                .write(cluster.store(authority), (_, _) -> {});
    }

    private SnapshotWriter.Made write() throws IOException {
        return write(A, TestRecords.A_KEY.getPrivate());
    }

    /// Some of it in large sets.
    private void commitMuch(int from) {
        for (int i = 0; i < 5; i++) {
            List<StatusChange> changes = new ArrayList<>();
            for (int j = 0; j < 40; j++) {
                int serial = from + 100 * i + j;
                changes.add(declared(key(serial)));
                if (j % 3 == 0) {
                    changes.add(revoked(key(serial), REASON));
                }
            }
            cluster.commit(A, changes);
        }
    }

    /// As a server does before it follows the log.
    private Outcome begin(String name, Optional<Location> location) throws Exception {
        try (RocksStore store =
                RocksStore.open(new StoreConfig(cluster.directory(name), 8 << 20))) {
            boolean authority = name.equals(A) || name.equals(B);
            ReplicatedStore replica = authority ? store.replica() : store.answeringReplica();
            return SnapshotBootstrap.run(
                    config(name, location), store, replica, cluster.status.handle(), Alarm.LOGGED);
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void startActive() throws Exception {
        cluster.startAuthority(A);
        cluster.awaitActive(A);
    }

    /// The log has lost what was before the snapshot.
    private void forgetBefore(SnapshotWriter.Made snapshot) {
        cluster.status.deleteBefore(snapshot.manifest().offset());
    }

    private List<String> rows(String name, String families) {
        String position = ByteString.of("cluster position".getBytes(US_ASCII)).toHex();
        return StoreDump.of(cluster.directory(name)).stream()
                .filter(line -> line.matches("(" + families + ") .*") && !line.contains(position))
                .toList();
    }

    @Test
    void an_edge_whose_log_has_no_beginning_any_more_begins_with_a_snapshot() throws Exception {
        startActive();
        commitMuch(0);
        SnapshotWriter.Made snapshot = write();
        commitMuch(1_000);
        forgetBefore(snapshot);

        Outcome outcome = begin(EDGE, here());
        assertThat(outcome)
                .isEqualTo(new Outcome.Taken(snapshot.path().toString(), snapshot.manifest()));
        cluster.startEdge(EDGE);
        cluster.awaitAll(A);
        cluster.stop(EDGE);
        cluster.stop(A);

        assertThat(rows(EDGE, "status|issuers"))
                .hasSizeGreaterThan(300)
                .isEqualTo(rows(A, "status|issuers"));
        assertThat(rows(EDGE, "history|evidence|sources")).isEmpty();
    }

    @Test
    void a_new_authority_has_everything_that_the_other_has() throws Exception {
        startActive();
        commitMuch(0);
        SnapshotWriter.Made snapshot = write();
        commitMuch(1_000);
        forgetBefore(snapshot);

        begin(B, here());
        cluster.startAuthority(B);
        cluster.awaitAll(A);
        cluster.stop(A);
        cluster.awaitActive(B);
        cluster.commit(B, revoked(key(1), REASON));
        long newest = cluster.follower(B).position().sequence();
        cluster.stop(B);
        cluster.startAuthority(A);
        await().atMost(TestCluster.PATIENCE)
                .until(() -> cluster.follower(A).position().sequence() >= newest);
        cluster.stop(A);

        assertThat(rows(B, ".*")).hasSizeGreaterThan(500).isEqualTo(rows(A, ".*"));
    }

    @Test
    void a_snapshot_is_of_one_moment_though_changes_come() throws Exception {
        startActive();
        commitMuch(0);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> changing =
                CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; !enough.get(); i++) {
                                cluster.commit(
                                        A,
                                        declared(key(10_000 + i)),
                                        revoked(key(10_000 + i / 2), REASON));
                            }
                        });
        for (int i = 0; i < 5; i++) {
            SnapshotWriter.Made snapshot = write();
            assertThat(begin(EDGE, here()))
                    .isEqualTo(new Outcome.Taken(snapshot.path().toString(), snapshot.manifest()));
            cluster.startEdge(EDGE);
            cluster.awaitAll(A);
            cluster.stop(EDGE);
            if (i < 4) {
                delete(cluster.directory(EDGE));
            }
        }
        enough.set(true);
        changing.get();
        cluster.startEdge(EDGE);
        cluster.awaitAll(A);
        cluster.stop(EDGE);
        cluster.stop(A);

        assertThat(rows(EDGE, "status|issuers")).isEqualTo(rows(A, "status|issuers"));
        assertThat(Files.readString(snapshots.resolve("index.txt")).lines())
                .as("the newest three are kept")
                .containsExactly("20270115T120004Z-a", "20270115T120003Z-a", "20270115T120002Z-a");
        try (Stream<Path> left = Files.list(snapshots)) {
            assertThat(left.map(it -> it.getFileName().toString()).filter(it -> it.endsWith("-a")))
                    .hasSize(3);
        }
    }

    @Test
    void an_edge_that_missed_what_the_log_has_deleted_begins_again() throws Exception {
        startActive();
        commitMuch(0);
        cluster.startEdge(EDGE);
        cluster.awaitAll(A);
        cluster.stop(EDGE);
        assertThat(begin(EDGE, here())).isEqualTo(new Outcome.NotNeeded());
        commitMuch(1_000);
        cluster.commit(A, revoked(key(2), REASON));
        SnapshotWriter.Made snapshot = write();
        forgetBefore(snapshot);

        // Without a snapshot it keeps what it has, and reads no further.
        assertThat(begin(EDGE, Optional.empty()))
                .isInstanceOfSatisfying(
                        Outcome.Behind.class,
                        behind ->
                                assertThat(behind.why())
                                        .contains("does not go on from there", "cluster snapshot"));
        cluster.startEdge(EDGE);
        await().atMost(TestCluster.PATIENCE)
                .until(() -> cluster.follower(EDGE).stopped().isPresent());
        assertThat(cluster.edge(EDGE).problem().orElseThrow()).contains("GAP", "A snapshot helps");
        cluster.stop(EDGE);

        assertThat(begin(EDGE, here())).isInstanceOf(Outcome.Taken.class);
        cluster.startEdge(EDGE);
        cluster.awaitAll(A);
        cluster.stop(EDGE);
        cluster.stop(A);
        assertThat(rows(EDGE, "status|issuers")).isEqualTo(rows(A, "status|issuers"));
    }

    @Test
    void an_authority_that_missed_something_is_not_overwritten() throws Exception {
        startActive();
        cluster.startAuthority(B);
        commitMuch(0);
        cluster.awaitAll(A);
        cluster.stop(B);
        commitMuch(1_000);
        forgetBefore(write());

        assertThat(begin(B, here()))
                .isInstanceOfSatisfying(
                        Outcome.Behind.class,
                        behind -> assertThat(behind.why()).contains("Restore a backup"));
        assertThat(rows(B, "status")).hasSize(200);
    }

    @Test
    void an_empty_node_without_a_snapshot_says_what_to_do() throws Exception {
        startActive();
        assertThat(begin(EDGE, here())).as("the log is whole").isEqualTo(new Outcome.NotNeeded());
        commitMuch(0);
        SnapshotWriter.Made snapshot = write();
        forgetBefore(snapshot);
        delete(snapshot.path());

        assertThatThrownBy(() -> begin(EDGE, here()))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("the store is empty", "has none", "cluster snapshot");
        assertThatThrownBy(() -> begin(EDGE, Optional.empty()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cluster.snapshots.directory or url");
    }

    @Test
    void no_file_of_a_snapshot_can_be_changed_unseen() throws Exception {
        startActive();
        commitMuch(0);
        SnapshotWriter.Made snapshot = write();
        forgetBefore(snapshot);
        Path good = directory.resolve("good");
        copy(snapshot.path(), good);
        List<String> files;
        try (Stream<Path> all = Files.list(good)) {
            files = all.map(it -> String.valueOf(it.getFileName())).sorted().toList();
        }
        assertThat(files).contains("manifest.json", "manifest.json.sig").hasSizeGreaterThan(6);
        Set<String> answers = new TreeSet<>();
        snapshot.manifest().files().stream()
                .filter(it -> it.answers())
                .forEach(it -> answers.add(it.name()));

        for (String name : files) {
            for (Tampering tampering : Tampering.values()) {
                delete(snapshot.path());
                copy(good, snapshot.path());
                tampering.apply(snapshot.path().resolve(name));

                assertThatThrownBy(
                                () ->
                                        SnapshotVerifier.verify(
                                                snapshot.path(), config(EDGE, here()), NO_PROGRESS))
                        .as("%s %s", name, tampering)
                        .isInstanceOfAny(InvalidSnapshotException.class, IOException.class)
                        .hasMessageContaining(name.replace(".sig", ""));
                if (answers.contains(name) || name.startsWith("manifest")) {
                    assertThatThrownBy(() -> begin(EDGE, here()))
                            .as("%s %s", name, tampering)
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("cluster snapshot");
                    assertThat(rows(EDGE, "status|issuers")).isEmpty();
                }
            }
        }
        delete(snapshot.path());
        copy(good, snapshot.path());
        SnapshotVerifier.verify(snapshot.path(), config(EDGE, here()), NO_PROGRESS);
        assertThat(begin(EDGE, here())).isInstanceOf(Outcome.Taken.class);
    }

    private static final SnapshotVerifier.Progress NO_PROGRESS =
            new SnapshotVerifier.Progress() {
                @Override
                public void compared(long bytes) {}

                @Override
                public void read(long rows) {}
            };

    private enum Tampering {
        FLIPPED {
            @Override
            void apply(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
        },
        CUT {
            @Override
            void apply(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
            }
        },
        LONGER {
            @Override
            void apply(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
            }
        },
        GONE {
            @Override
            void apply(Path file) throws IOException {
                Files.delete(file);
            }
        };

        abstract void apply(Path file) throws IOException;
    }

    private static void copy(Path from, Path to) throws IOException {
        TestFiles.copy(from, to);
    }

    @Test
    void an_older_snapshot_is_taken_if_the_newest_is_damaged() throws Exception {
        startActive();
        commitMuch(0);
        SnapshotWriter.Made older = write();
        commitMuch(1_000);
        SnapshotWriter.Made newer = write();
        forgetBefore(older);
        Tampering.FLIPPED.apply(newer.path().resolve(newer.manifest().files().getLast().name()));
        Tampering.FLIPPED.apply(newer.path().resolve("manifest.json"));

        assertThat(begin(EDGE, here()))
                .isEqualTo(new Outcome.Taken(older.path().toString(), older.manifest()));
    }

    @Test
    void only_authorities_of_the_cluster_make_snapshots() throws Exception {
        startActive();
        commitMuch(0);
        forgetBefore(write(A, TestRecords.EDGE_KEY.getPrivate()));
        assertThatThrownBy(() -> begin(EDGE, here()))
                .hasMessageContaining("its signature does not verify");

        made = 0;
        delete(snapshots);
        Instant at = NOON;
        new SnapshotWriter(
                        new SnapshotDirectory(snapshots),
                        EDGE,
                        TestRecords.EDGE_KEY.getPrivate(),
                        3,
                        "1",
                        () -> at)
                .write(cluster.store(A), (_, _) -> {});
        assertThatThrownBy(() -> begin(EDGE, here()))
                .hasMessageContaining("none of this cluster's authorities");
    }

    @Test
    void a_snapshot_of_another_log_is_refused() throws Exception {
        startActive();
        commitMuch(0);
        write();
        try (TestCluster another =
                new TestCluster(Files.createDirectory(directory.resolve("another")))) {
            another.startAuthority(A);
            another.awaitActive(A);
            for (int i = 0; i < 8; i++) {
                another.commit(A, declared(key(i)));
            }
            try (RocksStore store =
                    RocksStore.open(new StoreConfig(directory.resolve("edge"), 8 << 20))) {
                another.status.deleteBefore(3);
                assertThatThrownBy(
                                () ->
                                        SnapshotBootstrap.run(
                                                config(EDGE, here()),
                                                store,
                                                store.answeringReplica(),
                                                another.status.handle(),
                                                Alarm.LOGGED))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("too old, or of another log");
                assertThat(store.find(key(1))).isEmpty();
            }
        }
    }

    @Test
    void a_node_begins_with_a_snapshot_of_a_log_that_was_begun_anew_since() throws Exception {
        startActive();
        commitMuch(0);
        SnapshotWriter.Made snapshot = write();
        cluster.recoverFrom(A);
        await().atMost(TestCluster.PATIENCE)
                .until(() -> cluster.follower(A).position().generation() == 2);
        cluster.awaitActive(A);
        commitMuch(1_000);
        await().atMost(TestCluster.PATIENCE)
                .until(
                        () ->
                                cluster.status.tail(0, Duration.ZERO).end()
                                        > snapshot.manifest().offset());

        assertThat(begin(EDGE, here()))
                .isEqualTo(new Outcome.Taken(snapshot.path().toString(), snapshot.manifest()));
        cluster.startEdge(EDGE);
        cluster.awaitAll(A);
        cluster.stop(EDGE);
        cluster.stop(A);

        assertThat(rows(EDGE, "status|issuers")).isEqualTo(rows(A, "status|issuers"));
    }

    @Test
    void an_edge_begins_over_http_though_the_server_fails_now_and_then() throws Exception {
        startActive();
        commitMuch(0);
        SnapshotWriter.Made snapshot = write();
        forgetBefore(snapshot);
        Set<String> requested = ConcurrentHashMap.newKeySet();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/copies/",
                exchange -> {
                    String path = exchange.getRequestURI().getPath();
                    byte[] bytes =
                            Files.readAllBytes(
                                    snapshots.resolve(path.substring("/copies/".length())));
                    boolean first = requested.add(path);
                    try (exchange) {
                        if (first && path.endsWith("json")) {
                            exchange.sendResponseHeaders(503, -1);
                            return;
                        }
                        exchange.sendResponseHeaders(200, bytes.length);
                        // A table is cut short the first time.
                        exchange.getResponseBody()
                                .write(
                                        bytes,
                                        0,
                                        first && path.contains("status")
                                                ? bytes.length / 2
                                                : bytes.length);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        server.start();
        try {
            URI url =
                    URI.create(
                            "http://localhost:%d/copies".formatted(server.getAddress().getPort()));

            Outcome outcome = begin(EDGE, Optional.of(new Location.Web(url)));

            assertThat(outcome)
                    .isEqualTo(
                            new Outcome.Taken(
                                    url + "/" + snapshot.path().getFileName(),
                                    snapshot.manifest()));
            assertThat(requested)
                    .as("an edge needs statuses and issuers")
                    .noneMatch(it -> it.contains("history") || it.contains("evidence"));
            delete(cluster.directory(EDGE));
            Tampering.LONGER.apply(
                    snapshot.path()
                            .resolve(
                                    snapshot.manifest().files().stream()
                                            .filter(it -> it.answers())
                                            .findFirst()
                                            .orElseThrow()
                                            .name()));
            assertThatThrownBy(() -> begin(EDGE, Optional.of(new Location.Web(url))))
                    .hasMessageContaining("is not what authority a wrote");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_snapshot_that_was_cut_short_is_not_seen_and_is_removed() throws Exception {
        startActive();
        commitMuch(0);
        SnapshotWriter.Made first = write();
        Path half = snapshots.resolve(".20270115T120001Z-a.tmp");
        TestFiles.copy(first.path(), half);
        Path others = snapshots.resolve(".20270115T120001Z-b.tmp");
        TestFiles.copy(first.path(), others);
        assertThat(begin(EDGE, here()))
                .isEqualTo(new Outcome.Taken(first.path().toString(), first.manifest()));

        write();

        assertThat(half).doesNotExist();
        assertThat(others).as("another authority may be writing it").exists();
    }

    @Test
    void names_of_authorities_may_end_with_the_name_of_another() throws Exception {
        startActive();
        commitMuch(0);
        Path other = snapshots.resolve("20260115T120000Z-x-a");
        TestFiles.copy(write().path(), other);
        for (int i = 0; i < 4; i++) {
            write();
        }
        assertThat(other).exists();
    }
}
