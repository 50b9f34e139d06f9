package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.precertocsp.responder.cluster.TestCluster.EDGE2;
import static org.precertocsp.responder.cluster.TestCluster.PATIENCE;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.B;
import static org.precertocsp.responder.cluster.TestRecords.EDGE;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.revoked;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.cluster.TestCluster.Said;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.StoreDump;

/// One client assigns and revokes certificates, others ask the edges, and meanwhile appends fail,
/// nodes are cut off, stop, and start again, edges also on an older disk, all at random. Threads
/// compete here as in a server, which [ClusterSimulationTest] lacks, and time is real: so it runs
/// in the profile `long` only.
@EnabledIfSystemProperty(named = "effort", matches = "[1-9][0-9]+")
@Timeout(180)
final class ClusterChaosTest {
    private static final Duration TIME = Duration.ofSeconds(15);
    private static final List<String> EDGES = List.of(EDGE, EDGE2);

    @TempDir private Path directory = Path.of("");

    // Asking is shared, stopping a node is not.
    private final ReentrantReadWriteLock nodes = new ReentrantReadWriteLock();
    private final AtomicInteger serials = new AtomicInteger();
    private final Set<Integer> assignedDurable = ConcurrentHashMap.newKeySet();
    private final Set<Integer> revokedDurable = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Long> revokedDurableNanos = new ConcurrentHashMap<>();
    private final Set<Integer> assignedEffective = ConcurrentHashMap.newKeySet();
    private final Set<Integer> revokedEffective = ConcurrentHashMap.newKeySet();
    private final Set<Integer> never = ConcurrentHashMap.newKeySet();
    private final Map<String, Set<Integer>> saidRevoked = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Map<Said, AtomicInteger> said = new ConcurrentHashMap<>();
    private volatile boolean ended;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void no_promise_is_broken(long seed) throws Exception {
        try (TestCluster cluster = new TestCluster(directory);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            cluster.startAll();
            cluster.log(A).randomly(seed, 40);
            cluster.log(B).randomly(-seed, 40);
            Callable<Boolean> writing = () -> write(cluster);
            Callable<Boolean> asking = () -> ask(cluster, new Random(seed));
            List<Future<Boolean>> clients =
                    List.of(threads.submit(writing), threads.submit(asking));
            try {
                disturb(cluster, new Random(seed));
                heal(cluster);
            } finally {
                ended = true;
            }
            for (Future<Boolean> client : clients) {
                client.get();
            }
            cluster.commitSomewhere(declared(key(0x7fff_ffff)));
            String active = cluster.authority(A).isActive() ? A : B;
            cluster.awaitAll(active);

            assertThat(violations).isEmpty();
            assertThat(revokedEffective).as("enough happened").hasSizeGreaterThan(20);
            assertThat(said).containsKeys(Said.GOOD, Said.REVOKED, Said.TRY_LATER);
            checkStores(cluster);
            for (String name : List.of(A, B, EDGE, EDGE2)) {
                cluster.stop(name);
            }
            List<String> rows = statusRows(cluster, A);
            for (String name : List.of(B, EDGE, EDGE2)) {
                assertThat(statusRows(cluster, name)).as("K7 at " + name).isEqualTo(rows);
            }
        }
    }

    private static List<String> statusRows(TestCluster cluster, String name) {
        return StoreDump.of(cluster.directory(name)).stream()
                .filter(line -> line.startsWith("status ") || line.startsWith("issuers "))
                .toList();
    }

    /// K1, and that what never counts never does.
    private void checkStores(TestCluster cluster) {
        for (String name : List.of(A, B, EDGE, EDGE2)) {
            for (int serial : assignedDurable) {
                assertThat(cluster.store(name).find(key(serial)))
                        .as("K1: %s at %s", serial, name)
                        .isPresent();
            }
            for (int serial : revokedDurable) {
                assertThat(cluster.store(name).find(key(serial)).orElseThrow())
                        .as("K1: %s at %s", serial, name)
                        .matches(
                                record ->
                                        record instanceof StatusRecord.Assigned assigned
                                                && assigned.revocation().isPresent());
            }
            for (int serial : never) {
                assertThat(cluster.store(name).find(key(serial)))
                        .as("K9: %s at %s", serial, name)
                        .isEmpty();
            }
        }
    }

    private boolean write(TestCluster cluster) {
        while (!ended) {
            int serial = serials.incrementAndGet();
            if (commit(cluster, serial, declared(key(serial)), false)) {
                commit(cluster, serial, revoked(key(serial), RevocationReason.SUPERSEDED), true);
            }
        }
        return true;
    }

    private boolean commit(TestCluster cluster, int serial, StatusChange change, boolean revokes) {
        for (String name : List.of(A, B)) {
            ClusterAuthority authority;
            nodes.readLock().lock();
            try {
                if (!cluster.isRunning(name) || !cluster.authority(name).isActive()) {
                    continue;
                }
                authority = cluster.authority(name);
                long sequence = cluster.commit(name, change);
                (revokes ? revokedDurable : assignedDurable).add(serial);
                if (revokes) {
                    revokedDurableNanos.put(serial, System.nanoTime());
                }
                Set<Integer> effective = revokes ? revokedEffective : assignedEffective;
                var _ = authority.effective(sequence).thenRun(() -> effective.add(serial));
                return true;
            } catch (StoreException e) {
                String why = String.valueOf(e.getMessage());
                if (!revokes && (why.contains("nothing took effect") || why.contains("over"))) {
                    never.add(serial);
                }
                return false;
            } finally {
                nodes.readLock().unlock();
            }
        }
        LockSupport.parkNanos(1_000_000);
        return false;
    }

    private boolean ask(TestCluster cluster, Random random) {
        while (!ended) {
            int newest = serials.get();
            int serial = Math.max(1, newest - random.nextInt(40));
            String edge = EDGES.get(random.nextInt(2));
            boolean assigned = assignedEffective.contains(serial);
            boolean revoked = revokedEffective.contains(serial);
            @Nullable Long durable = revokedDurableNanos.get(serial);
            boolean late =
                    durable != null
                            && System.nanoTime() - durable
                                    > TestCluster.STALENESS.plusSeconds(1).toNanos();
            Set<Integer> before =
                    saidRevoked.computeIfAbsent(edge, _ -> ConcurrentHashMap.newKeySet());
            boolean saidBefore = before.contains(serial);
            Said answer;
            nodes.readLock().lock();
            try {
                if (!cluster.isRunning(edge)) {
                    continue;
                }
                answer = cluster.ask(edge, key(serial));
            } finally {
                nodes.readLock().unlock();
            }
            said.computeIfAbsent(answer, _ -> new AtomicInteger()).incrementAndGet();
            if (answer == Said.REVOKED) {
                before.add(serial);
            }
            check(answer != Said.GOOD || !revoked, "K2", serial, edge, answer);
            check(answer != Said.GOOD || !late, "K3", serial, edge, answer);
            check(answer != Said.UNAUTHORIZED || !assigned, "K4", serial, edge, answer);
            // On an older disk it may not know yet; but then it says that it does not.
            check(
                    !saidBefore || answer == Said.REVOKED || answer == Said.TRY_LATER,
                    "K5",
                    serial,
                    edge,
                    answer);
        }
        return true;
    }

    private void check(boolean holds, String promise, int serial, String edge, Said answer) {
        if (!holds) {
            violations.add("%s: %s said %s of %d".formatted(promise, edge, answer, serial));
        }
    }

    private void disturb(TestCluster cluster, Random random) throws Exception {
        long end = System.nanoTime() + TIME.toNanos();
        Set<String> copied = new HashSet<>();
        while (System.nanoTime() < end && violations.isEmpty()) {
            String any = List.of(A, B, EDGE, EDGE2).get(random.nextInt(4));
            String edge = EDGES.get(random.nextInt(2));
            switch (random.nextInt(8)) {
                case 0 -> cluster.cut(any, true);
                case 1, 2 -> cluster.cut(any, false);
                case 3 -> restart(cluster, any, copied, random);
                case 4 -> restart(cluster, edge, copied, random);
                case 5 -> {
                    nodes.readLock().lock();
                    try {
                        cluster.authority(random.nextBoolean() ? A : B).order();
                    } finally {
                        nodes.readLock().unlock();
                    }
                }
                default -> {
                    cluster.log(A).arrive();
                    cluster.log(B).arrive();
                }
            }
            LockSupport.parkNanos(random.nextInt(400_000_000));
        }
    }

    private void restart(TestCluster cluster, String name, Set<String> copied, Random random)
            throws Exception {
        nodes.writeLock().lock();
        try {
            cluster.stop(name);
            if (EDGES.contains(name)) {
                Path old = directory.resolve("old " + name);
                if (copied.add(name)) {
                    TestFiles.copy(cluster.directory(name), old);
                } else if (random.nextBoolean()) {
                    TestFiles.replace(old, cluster.directory(name));
                }
                cluster.startEdge(name);
            } else {
                cluster.startAuthority(name);
            }
        } finally {
            nodes.writeLock().unlock();
        }
    }

    private static void heal(TestCluster cluster) throws Exception {
        for (String name : List.of(A, B)) {
            cluster.log(name).randomly(0, 0);
            cluster.log(name).arrive();
        }
        for (String name : List.of(A, B, EDGE, EDGE2)) {
            cluster.cut(name, false);
        }
        await().atMost(PATIENCE)
                .until(() -> cluster.authority(A).isActive() || cluster.authority(B).isActive());
        await().atMost(PATIENCE)
                .until(
                        () ->
                                cluster.edge(EDGE).lease().isValid()
                                        && cluster.edge(EDGE2).lease().isValid());
    }
}
