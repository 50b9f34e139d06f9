package org.precertocsp.responder.cluster;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.responder.task.BackgroundTasks;

/// The authorities `a` and `b` and the edges `fra1` and `iad1` in this process, each with a store
/// on disk of its own, over logs in memory. Times are short: S is two seconds.
final class TestCluster implements AutoCloseable {
    static final String EDGE2 = "iad1";
    static final Duration STALENESS = Duration.ofSeconds(2);
    static final Duration SCRUB = Duration.ofSeconds(1);
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final KeyPair EDGE2_KEY = TestRecords.key();
    private static final Map<String, PublicKey> EDGES =
            Map.of(
                    TestRecords.EDGE,
                    TestRecords.EDGE_KEY.getPublic(),
                    EDGE2,
                    EDGE2_KEY.getPublic());
    private static final RecordVerifier VERIFIER =
            new RecordVerifier(
                    Map.of(
                            TestRecords.A,
                            TestRecords.A_KEY.getPublic(),
                            TestRecords.B,
                            TestRecords.B_KEY.getPublic()),
                    EDGES);

    private final Path directory;
    final InMemoryStatusLog status = new InMemoryStatusLog();
    final InMemoryStatusLog reports = new InMemoryStatusLog();
    private final Map<String, FaultyLog> logs = new TreeMap<>();
    private final Map<String, FaultyLog> reportLogs = new TreeMap<>();
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, UnaryOperator<ReplicatedStore>> wrappers = new HashMap<>();
    private Set<String> roster = EDGES.keySet();
    private Duration interval = Duration.ofMillis(50);

    /// @param part a [ClusterAuthority] or [ClusterEdge]
    private record Node(RocksStore store, Object part, Runnable stop) implements AutoCloseable {
        @Override
        public void close() {
            stop.run();
            store.close();
        }
    }

    TestCluster(Path directory) throws Exception {
        this.directory = directory;
        status.append(
                TestRecords.signer(TestRecords.A)
                        .sign(new Reset(TestRecords.A, 1, 0, 0, ReaderPosition.NO_DIGEST)));
        for (String name : List.of(TestRecords.A, TestRecords.B, TestRecords.EDGE, EDGE2)) {
            logs.put(name, new FaultyLog(status));
            reportLogs.put(name, new FaultyLog(reports));
        }
    }

    FaultyLog log(String name) {
        return Objects.requireNonNull(logs.get(name));
    }

    private FaultyLog reportLog(String name) {
        return Objects.requireNonNull(reportLogs.get(name));
    }

    private Node node(String name) {
        return Objects.requireNonNull(nodes.get(name), name);
    }

    void cut(String name, boolean off) {
        log(name).cut(off);
        reportLog(name).cut(off);
    }

    Path directory(String name) {
        return directory.resolve(name);
    }

    /// The brokers lose everything, and the log is begun anew from what an authority has.
    void recoverFrom(String authority) throws Exception {
        List.of(TestRecords.A, TestRecords.B, TestRecords.EDGE, EDGE2).forEach(it -> cut(it, true));
        status.lose();
        reports.lose();
        beginAnew(authority);
        List.of(TestRecords.A, TestRecords.B, TestRecords.EDGE, EDGE2)
                .forEach(it -> cut(it, false));
    }

    void beginAnew(String authority) throws Exception {
        KeyPair key = authority.equals(TestRecords.A) ? TestRecords.A_KEY : TestRecords.B_KEY;
        status.append(
                Recovery.of(store(authority).replicaPosition())
                        .orElseThrow()
                        .signed(authority, key.getPrivate()));
    }

    /// The edges on the roster of authorities that are started from now on.
    void configure(String... edges) {
        roster = Set.of(edges);
    }

    /// An authority reloads its roster.
    void reload(String authority, String... edges) {
        Map<String, PublicKey> keys = new HashMap<>(EDGES);
        keys.keySet().retainAll(Set.of(edges));
        authority(authority).replaceRoster(keys);
    }

    /// How often nodes that are started from now on append a beat or a report.
    void interval(Duration next) {
        interval = next;
    }

    /// Replaces what a node writes to when it is started.
    void wrap(String name, UnaryOperator<ReplicatedStore> wrapper) {
        wrappers.put(name, wrapper);
    }

    private CurrentLease lease() {
        return new CurrentLease(
                ClusterRules.CONTRACT, STALENESS, System::nanoTime, System::currentTimeMillis);
    }

    private ReplicatedStore wrapped(String name, ReplicatedStore store) {
        return wrappers.getOrDefault(name, UnaryOperator.identity()).apply(store);
    }

    private RocksStore open(String name) throws StoreLockedException {
        return RocksStore.open(new StoreConfig(directory(name), 8 << 20));
    }

    ClusterAuthority startAuthority(String name) throws StoreLockedException {
        return startAuthority(name, true);
    }

    ClusterAuthority startAuthority(String name, boolean takeover) throws StoreLockedException {
        RocksStore store = open(name);
        ClusterAuthority authority =
                new ClusterAuthority(
                        TestRecords.signer(name),
                        VERIFIER,
                        ClusterRules.CONTRACT,
                        log(name),
                        reportLog(name),
                        wrapped(name, store.replica()),
                        roster,
                        lease(),
                        InstantSource.system(),
                        new ClusterAuthority.Times(
                                interval,
                                Duration.ofMillis(1_500),
                                Duration.ofSeconds(10),
                                Duration.ofMillis(1_500),
                                takeover,
                                STALENESS),
                        SCRUB);
        authority.start(BackgroundTasks.logged());
        nodes.put(name, new Node(store, authority, authority::close));
        return authority;
    }

    ClusterEdge startEdge(String name) throws StoreLockedException {
        RocksStore store = open(name);
        KeyPair key = name.equals(EDGE2) ? EDGE2_KEY : TestRecords.EDGE_KEY;
        ClusterEdge edge =
                new ClusterEdge(
                        new RecordSigner(name, key.getPrivate()),
                        VERIFIER,
                        ClusterRules.CONTRACT,
                        log(name),
                        reportLog(name),
                        wrapped(name, store.answeringReplica()),
                        lease(),
                        interval,
                        SCRUB);
        edge.start(BackgroundTasks.logged());
        nodes.put(name, new Node(store, edge, edge::close));
        return edge;
    }

    void startAll() throws StoreLockedException {
        startAll(TestRecords.EDGE, EDGE2);
    }

    /// Both authorities, and these edges.
    void startAll(String... edges) throws StoreLockedException {
        startAuthority(TestRecords.A);
        awaitActive(TestRecords.A);
        startAuthority(TestRecords.B);
        for (String edge : edges) {
            startEdge(edge);
        }
        await().atMost(PATIENCE)
                .until(() -> List.of(edges).stream().allMatch(it -> edge(it).lease().isValid()));
    }

    ClusterAuthority authority(String name) {
        return (ClusterAuthority) node(name).part();
    }

    ClusterEdge edge(String name) {
        return (ClusterEdge) node(name).part();
    }

    RocksStore store(String name) {
        return node(name).store();
    }

    boolean isRunning(String name) {
        return nodes.containsKey(name);
    }

    Follower follower(String name) {
        return node(name).part() instanceof ClusterAuthority authority
                ? authority.follower()
                : edge(name).follower();
    }

    void stop(String name) {
        Objects.requireNonNull(nodes.remove(name)).close();
    }

    /// Stops all nodes at the same time.
    void stopAll() {
        List<Node> all = List.copyOf(nodes.values());
        nodes.clear();
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture.allOf(
                            all.stream()
                                    .map(node -> CompletableFuture.runAsync(node::close, each))
                                    .toArray(CompletableFuture<?>[]::new))
                    .join();
        }
    }

    void awaitActive(String name) {
        await().atMost(PATIENCE).until(authority(name)::isActive);
    }

    /// Waits until all running nodes have read the newest change of one of them.
    void awaitAll(String newest) {
        long sequence = follower(newest).position().sequence();
        await().atMost(PATIENCE)
                .until(
                        () ->
                                nodes.keySet().stream()
                                        .allMatch(
                                                name ->
                                                        follower(name).position().sequence()
                                                                >= sequence));
    }

    /// Commits changes at an authority.
    ///
    /// @return the newest change that is durable then
    long commit(String name, StatusChange... changes) {
        return commit(name, List.of(changes));
    }

    long commit(String name, List<StatusChange> changes) {
        ClusterAuthority authority = authority(name);
        try (ChangeSet set =
                authority
                        .tryBegin(TestChanges.source("set"), Duration.ofSeconds(10))
                        .orElseThrow()) {
            set.applyAll(changes);
            set.commit();
        }
        return authority.newest();
    }

    /// As a client of the API, which sends a request again until it is acknowledged by any
    /// authority.
    String commitSomewhere(StatusChange change) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            for (String name : List.of(TestRecords.A, TestRecords.B)) {
                if (nodes.containsKey(name) && authority(name).isActive()) {
                    try {
                        commit(name, change);
                        return name;
                    } catch (StoreException e) {
                        if (System.nanoTime() > deadline) {
                            throw e;
                        }
                    }
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no authority takes changes");
            }
            Thread.onSpinWait();
        }
    }

    /// What a client of an edge may be told.
    enum Said {
        GOOD,
        REVOKED,
        UNAUTHORIZED,
        TRY_LATER
    }

    /// In the order in which an edge answers: the lease first.
    Said ask(String edge, SerialKey serial) {
        boolean may = edge(edge).lease().isValid();
        boolean revoked =
                store(edge).find(serial).orElse(null) instanceof StatusRecord.Assigned assigned
                        && assigned.revocation().isPresent();
        if (revoked) {
            return Said.REVOKED;
        }
        if (!may) {
            return Said.TRY_LATER;
        }
        return store(edge).find(serial).isPresent() ? Said.GOOD : Said.UNAUTHORIZED;
    }

    @Override
    public void close() {
        stopAll();
    }
}
