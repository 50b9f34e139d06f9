package org.precertocsp.responder.campaign;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.precertocsp.responder.campaign.VirtualNetwork.Host;
import org.precertocsp.responder.campaign.VirtualNetwork.Link;
import org.precertocsp.responder.cluster.ClusterHistory;
import org.precertocsp.responder.cluster.ClusterHistory.Said;
import org.precertocsp.responder.cluster.ClusterKeys;
import org.precertocsp.responder.cluster.PropagationWatch;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.kafka.KafkaStatusLog;
import org.precertocsp.responder.cluster.kafka.TestClusters;

/// How long things take in a cluster of [CampaignCluster] that has nothing wrong with it, or one
/// thing. Each prints a line.
final class CampaignFigures {
    private static final int CHANGES_PER_SECOND = 50;
    private static final Duration MEASURED = Duration.ofSeconds(40);
    private static final Duration WARM = Duration.ofSeconds(20);
    private static final int MISSES = 1_000;
    private static final int MISSES_PER_SECOND = 20;
    private static final int CLIENTS = 1_000;

    /// As many as one caller of the API may have, and a few less.
    private static final int CALLERS = 120;

    private static final int LOADED = 100_000;
    private static final int FIRST_LOADED = 0x200000;

    /// A round trip of 80 ms.
    private static final Link FAR = new Link(false, 40_000, 0, 0);

    private static final Duration QUIET = Duration.ofSeconds(15);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final CampaignCluster cluster;
    private final CampaignHistory history;
    private final CampaignWriter writer;
    private final CampaignProber prober;
    private final CampaignFaults faults;

    CampaignFigures(
            CampaignCluster cluster,
            CampaignHistory history,
            CampaignWriter writer,
            CampaignProber prober,
            CampaignFaults faults) {
        this.cluster = cluster;
        this.history = history;
        this.writer = writer;
        this.prober = prober;
        this.faults = faults;
    }

    /// @param kills how often the active authority is killed
    void measure(int kills) throws Exception {
        propagation();
        misses();
        oneSignature();
        forgeries();
        cutOff();
        kills(kills);
        groupCommit();
        responses();
    }

    private void propagation() throws Exception {
        writer.start(CHANGES_PER_SECOND / 2, CHANGES_PER_SECOND, false);
        Thread.sleep(WARM);
        Map<String, PublicKey> authorities = keys(CampaignCluster.AUTHORITIES);
        long began = history.now();
        try (StatusLog status = KafkaStatusLog.status(TestClusters.edge(cluster.kafka("admin")));
                StatusLog reports =
                        KafkaStatusLog.reports(TestClusters.edge(cluster.kafka("admin")))) {
            List<Long> nanos =
                    new PropagationWatch(authorities, keys(CampaignCluster.EDGES), status, reports)
                            .watch(MEASURED);
            print("change readable in the log -> reported by 3 edges", nanos);
        }
        double seconds = (history.now() - began) / 1e9;
        writer.stopWriting();
        List<Long> effective = history.nanosToEffective(began);
        System.out.printf(Locale.ROOT, "%.1f changes/s%n", effective.size() / seconds);
        print("API request -> 200 effective", effective);
    }

    private Map<String, PublicKey> keys(List<String> names) throws IOException {
        Map<String, PublicKey> keys = new HashMap<>();
        for (String name : names) {
            keys.put(name, ClusterKeys.readPublic(cluster.folder().resolve(name + ".pub")));
        }
        return keys;
    }

    /// Each serial is asked once, at one edge, on a fixed schedule.
    private void misses() throws Exception {
        List<Integer> known = writer.known();
        List<Long> nanos = new ArrayList<>();
        long start = System.nanoTime();
        int count = Math.min(MISSES, known.size());
        for (int i = 0; i < count; i++) {
            long due = start + i * 1_000_000_000L / MISSES_PER_SECOND;
            long now = System.nanoTime();
            if (due > now) {
                Thread.sleep(Duration.ofNanos(due - now));
            }
            String edge = CampaignCluster.EDGES.get(i % CampaignCluster.EDGES.size());
            Said said = prober.ask(edge, known.get(i));
            if (said == Said.GOOD || said == Said.REVOKED) {
                nanos.add(System.nanoTime() - Math.min(due, System.nanoTime()));
            }
        }
        print("a miss through an authority, from its intended time", nanos);
    }

    private double signatures() {
        return CampaignCluster.AUTHORITIES.stream()
                .mapToDouble(
                        name ->
                                cluster.metric(
                                                name,
                                                "precertocsp_signing_signed_total{issuer=\"one\"}")
                                        .orElse(0.0))
                .sum();
    }

    private void oneSignature() throws Exception {
        int serial = 0x2001;
        writer.assign(serial);
        double before = signatures();
        CountDownLatch go = new CountDownLatch(1);
        Semaphore good = new Semaphore(0);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> asking = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String edge = CampaignCluster.EDGES.get(i % CampaignCluster.EDGES.size());
                Callable<Void> ask =
                        () -> {
                            go.await();
                            if (prober.ask(edge, serial) == Said.GOOD) {
                                good.release();
                            }
                            return null;
                        };
                asking.add(clients.submit(ask));
            }
            go.countDown();
            for (Future<Void> one : asking) {
                one.get();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d clients at 3 edges ask for one response: %d good, %.0f signatures%n",
                CLIENTS,
                good.availablePermits(),
                signatures() - before);
    }

    /// The time of making and sending the records counts.
    private void forgeries() throws Exception {
        List<String> nodes = CampaignCluster.nodes();
        long began = System.nanoTime();
        faults.forge(new Random(1));
        Map<String, Long> nanos = new HashMap<>();
        while (nanos.size() < nodes.size() && System.nanoTime() - began < LIMIT.toNanos()) {
            for (String name : nodes) {
                if (!nanos.containsKey(name)
                        && cluster.metric(
                                                name,
                                                "precertocsp_alerts_open_by_kind{kind=\"CLUSTER_FORGED\"}")
                                        .orElse(0.0)
                                > 0) {
                    nanos.put(name, System.nanoTime() - began);
                }
            }
            Thread.sleep(Duration.ofMillis(20));
        }
        print("forged records -> alert, of %d nodes".formatted(nodes.size()), nanos.values());
        // The history judges the answers.
        for (int serial : writer.known().subList(0, 100)) {
            for (String edge : CampaignCluster.EDGES) {
                prober.ask(edge, serial);
            }
        }
    }

    private void groupCommit() throws Exception {
        writer.load(FIRST_LOADED, LOADED);
        setAuthoritiesToBrokers(FAR);
        AtomicInteger serial = new AtomicInteger(FIRST_LOADED);
        Queue<Long> nanos = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                Callable<Void> revoking =
                        () -> {
                            while (!over.get()) {
                                long sent = System.nanoTime();
                                if (writer.revokeDurably(serial.getAndIncrement())) {
                                    nanos.add(System.nanoTime() - sent);
                                }
                            }
                            return null;
                        };
                Future<Void> _ = callers.submit(revoking);
            }
            Thread.sleep(WARM);
            nanos.clear();
            Map<String, Duration> before = edgesProcessorTime();
            long began = System.nanoTime();
            Thread.sleep(MEASURED);
            double perSecond = nanos.size() / ((System.nanoTime() - began) / 1e9);
            double micros = microsPer(nanos.size(), before);
            System.out.printf(
                    Locale.ROOT,
                    "80 ms between authorities and brokers, %d callers: %.0f changes/s, an edge"
                            + " takes %.0f us of processor for each%n",
                    CALLERS,
                    perSecond,
                    micros);
            print("API request -> durable", List.copyOf(nanos));
            over.set(true);
        }
        setAuthoritiesToBrokers(Link.GOOD);
    }

    private void setAuthoritiesToBrokers(Link link) {
        List<Host> brokers =
                CampaignCluster.BROKERS.stream()
                        .map(id -> cluster.host(CampaignCluster.broker(id)))
                        .toList();
        CampaignCluster.AUTHORITIES.forEach(
                name -> cluster.network().setBoth(cluster.host(name), brokers, link));
    }

    private Map<String, Duration> edgesProcessorTime() {
        Map<String, Duration> times = new HashMap<>();
        CampaignCluster.EDGES.forEach(edge -> times.put(edge, cluster.processorTime(edge)));
        return times;
    }

    /// Microseconds of processor time of an edge for each of some things that all of them did.
    private double microsPer(long things, Map<String, Duration> before) {
        return before.entrySet().stream()
                        .mapToLong(
                                it ->
                                        cluster.processorTime(it.getKey())
                                                .minus(it.getValue())
                                                .toNanos())
                        .average()
                        .orElseThrow()
                / 1e3
                / Math.max(1, things);
    }

    /// Signs for all that was loaded, and waits until the edges have it.
    private void responses() throws Exception {
        for (String name : CampaignCluster.AUTHORITIES) {
            cluster.stop(name);
            cluster.configureAuthority(name, "all");
        }
        Map<String, Duration> before = edgesProcessorTime();
        double receivedBefore = received();
        long began = System.nanoTime();
        for (String name : CampaignCluster.AUTHORITIES) {
            cluster.start(name);
        }
        long changed = System.nanoTime();
        double received = 0;
        while (System.nanoTime() - changed < QUIET.toNanos()
                && System.nanoTime() - began < LIMIT.toNanos()) {
            Thread.sleep(Duration.ofSeconds(1));
            double now = received() - receivedBefore;
            if (now > received) {
                received = now;
                changed = System.nanoTime();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%.0f responses signed in advance received by each edge, %.0f/s, %.0f us of processor"
                        + " for each%n",
                received,
                received / ((changed - began) / 1e9),
                microsPer((long) received, before));
    }

    private double received() {
        return CampaignCluster.EDGES.stream()
                .mapToDouble(
                        edge -> cluster.total(edge, "precertocsp_cluster_responses_received_total"))
                .average()
                .orElseThrow();
    }

    private void cutOff() throws Exception {
        int serial = 0x2002;
        int revokedBefore = 0x2003;
        writer.assign(serial);
        writer.assign(revokedBefore);
        writer.revoke(revokedBefore);
        String edge = CampaignCluster.EDGES.getFirst();
        prober.ask(edge, serial);
        prober.ask(edge, revokedBefore);
        cluster.network()
                .setBoth(cluster.host(edge), CampaignFaults.others(cluster, edge), Link.CUT);
        long sent = history.now();
        HttpResponse<String> reply = writer.post(serial);
        double answered = seconds(sent);
        String place = reply.headers().firstValue("Location").orElse("nowhere");
        double lastGood = 0;
        boolean effective = false;
        int served = 0;
        int asked = 0;
        int goodAfter = 0;
        while (seconds(sent) < CampaignCluster.STALE.toSeconds() + 10.0) {
            Thread.sleep(Duration.ofMillis(100));
            if (!effective && writer.isEffective(place)) {
                effective = true;
                System.out.printf(Locale.ROOT, "effective after %.1f s%n", seconds(sent));
            }
            if (prober.ask(edge, serial) == Said.GOOD) {
                lastGood = seconds(sent);
                goodAfter += effective ? 1 : 0;
            }
            asked++;
            served += prober.ask(edge, revokedBefore) == Said.REVOKED ? 1 : 0;
        }
        System.out.printf(
                Locale.ROOT,
                "edge cut off: %d after %.2f s (effectiveWait 2 s), last good %.1f s after the"
                        + " request, %d good after effective, revoked served %d of %d times%n",
                reply.statusCode(),
                answered,
                lastGood,
                goodAfter,
                served,
                asked);
        cluster.network()
                .setBoth(cluster.host(edge), CampaignFaults.others(cluster, edge), Link.GOOD);
        cluster.awaitReady(edge, LIMIT);
    }

    private double seconds(long since) {
        return (history.now() - since) / 1e9;
    }

    private void kills(int count) throws Exception {
        List<Long> nanos = new ArrayList<>();
        int serial = 0x3000;
        for (int i = 0; i < count; i++) {
            while (!writer.assign(++serial)) {
                // Until one takes changes.
            }
            String active = writer.holder();
            long killed = System.nanoTime();
            cluster.kill(active);
            history.add(new ClusterHistory.Restarted(history.now(), active));
            cluster.start(active);
            while (!writer.assign(++serial)) {
                if (System.nanoTime() - killed > LIMIT.toNanos()) {
                    throw new IllegalStateException("not writable within " + LIMIT);
                }
            }
            nanos.add(System.nanoTime() - killed);
            for (String name : CampaignCluster.AUTHORITIES) {
                cluster.awaitReady(name, LIMIT);
            }
        }
        print("kill -9 of the active, restarted at once -> writable", nanos);
    }

    private static void print(String what, Collection<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        if (sorted.isEmpty()) {
            System.out.printf("%s: nothing measured%n", what);
            return;
        }
        System.out.printf(
                Locale.ROOT,
                "%s: n=%d p50 %.1f ms, p99 %.1f ms, max %.1f ms%n",
                what,
                sorted.size(),
                sorted.get(sorted.size() / 2) / 1e6,
                sorted.get(sorted.size() * 99 / 100) / 1e6,
                sorted.getLast() / 1e6);
    }
}
