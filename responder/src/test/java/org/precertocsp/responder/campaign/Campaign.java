package org.precertocsp.responder.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.cluster.ClusterHistory;
import org.precertocsp.responder.cluster.ClusterHistory.Said;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.responder.store.StoreDump;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process in which a campaign runs: the first one in namespaces of its own, so that everything
/// it has started and mounted ends with it. Exit code 0: no promise was broken.
final class Campaign {
    private static final Logger LOG = LoggerFactory.getLogger(Campaign.class);

    /// Until all nodes work as before, once all faults are over.
    private static final Duration RECOVERY = Duration.ofMinutes(2);

    /// And then how often the active authority is killed.
    private static final String FIGURES = "figures-";

    private static final int CLIENTS = 6;
    private static final int CHANGES_PER_SECOND = 20;
    private static final Duration ASK_EVERY = Duration.ofMillis(15);
    private static final int ASKED_AT_END = 150;

    private final Path folder;
    private final CampaignCluster cluster;
    private final CampaignHistory history;
    private final Set<String> stopped = new HashSet<>();
    private volatile boolean ended;

    private Campaign(Path folder, CampaignCluster cluster, CampaignHistory history) {
        this.folder = folder;
        this.cluster = cluster;
        this.history = history;
    }

    /// @param arguments folder, `brief`, `figures-` and a number of kills, or how long in seconds,
    ///   a seed, then the words that run precert-ocsp
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        endWithParent();
        int code = 1;
        try {
            List<String> program = List.of(arguments).subList(3, arguments.length);
            if (run(folder, arguments[1], Long.parseLong(arguments[2]), program)) {
                code = 0;
            }
        } catch (Exception | Error e) {
            LOG.error("the campaign failed", e);
        }
        System.out.flush();
        System.err.flush();
        // Ends everything in this namespace of processes.
        Runtime.getRuntime().halt(code);
    }

    /// Standard input ends when the process that started this one does.
    private static void endWithParent() {
        Thread.ofPlatform()
                .daemon()
                .name("parent")
                .start(
                        () -> {
                            try {
                                while (System.in.read() >= 0) {
                                    // Nobody writes.
                                }
                            } catch (IOException _) {
                                // As at its end.
                            }
                            Runtime.getRuntime().halt(2);
                        });
    }

    private static boolean run(Path folder, String time, long seed, List<String> program)
            throws Exception {
        CampaignHistory history = new CampaignHistory();
        history.note("seed %d".formatted(seed));
        try (CampaignCluster cluster = new CampaignCluster(folder, program)) {
            history.note("brokers run");
            cluster.startAll();
            cluster.awaitReady();
            history.note("nodes are ready");
            return new Campaign(folder, cluster, history).run(time, seed);
        } finally {
            history.write(folder.resolve("history.txt"));
        }
    }

    private boolean run(String time, long seed) throws Exception {
        List<String> problems = new ArrayList<>();
        try (CampaignWriter writer = new CampaignWriter(cluster, history);
                CampaignProber prober = new CampaignProber(cluster, history, writer);
                CampaignFaults faults = new CampaignFaults(cluster, history)) {
            Thread.ofPlatform().daemon().name("stops").start(this::watchStops);
            if (time.startsWith(FIGURES)) {
                new CampaignFigures(cluster, history, writer, prober, faults)
                        .measure(Integer.parseInt(time.substring(FIGURES.length())));
                ended = true;
                return judge(problems);
            }
            writer.start(CLIENTS, CHANGES_PER_SECOND, true);
            prober.start(ASK_EVERY);
            if (time.equals("brief")) {
                faults.startBrief();
            } else {
                faults.start(seed);
                Thread.sleep(Duration.ofSeconds(Long.parseLong(time)));
            }
            faults.await();
            history.note("faults are over");
            long healed = history.now();
            within("changes are accepted", () -> history.isDurableSince(healed), problems);
            within("all nodes are ready", this::allReady, problems);
            writer.stopWriting();
            within("all changes are effective", () -> writer.pending() == 0, problems);
            within("all nodes are at one change", this::atOneChange, problems);
            history.note("asks each edge");
            List<Integer> known = writer.known();
            for (int serial :
                    known.subList(Math.max(0, known.size() - ASKED_AT_END), known.size())) {
                for (String edge : CampaignCluster.EDGES) {
                    prober.ask(edge, serial);
                }
            }
            ended = true;
            prober.end();
            readStores(known);
        }
        return judge(problems);
    }

    /// Notes what does not become true; the campaign goes on to its end.
    private void within(String what, BooleanSupplier condition, List<String> problems)
            throws InterruptedException {
        long end = System.nanoTime() + RECOVERY.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                problems.add("not within %s: %s".formatted(RECOVERY, what));
                history.note(problems.getLast());
                return;
            }
            Thread.sleep(Duration.ofMillis(200));
        }
        history.note(what);
    }

    private boolean allReady() {
        return CampaignCluster.nodes().stream().allMatch(cluster::isReady);
    }

    private boolean atOneChange() {
        List<Optional<Double>> all =
                CampaignCluster.nodes().stream()
                        .map(name -> cluster.metric(name, "precertocsp_cluster_sequence"))
                        .distinct()
                        .toList();
        return all.size() == 1 && all.getFirst().isPresent();
    }

    private void watchStops() {
        while (!ended) {
            for (String name : CampaignCluster.nodes()) {
                if (cluster.metric(name, "precertocsp_cluster_stopped").orElse(0.0) > 0
                        && stopped.add(name)) {
                    history.add(
                            new ClusterHistory.Stopped(
                                    history.now(), name, false, "see " + cluster.log(name)));
                }
            }
            try {
                Thread.sleep(Duration.ofSeconds(2));
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    /// What each node has in the end.
    private void readStores(List<Integer> serials) throws Exception {
        long sequence = cluster.metric("a", "precertocsp_cluster_sequence").orElse(0.0).longValue();
        for (String name : CampaignCluster.nodes()) {
            cluster.stop(name);
            Path directory = cluster.directory(name).resolve("store");
            List<String> rows =
                    StoreDump.of(directory).stream()
                            .filter(
                                    line ->
                                            line.startsWith("status ")
                                                    || line.startsWith("issuers "))
                            .toList();
            ByteString digest =
                    HashAlgorithm.SHA256.hash(
                            ByteString.of(
                                    String.join("\n", rows)
                                            .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            history.add(new ClusterHistory.Rows(history.now(), name, 1, sequence, digest.toHex()));
            IssuerKey issuer = cluster.ca().certificate().key();
            try (RocksStore store = RocksStore.openReadOnly(new StoreConfig(directory, 8 << 20))) {
                for (int serial : serials) {
                    SerialKey key =
                            new SerialKey(issuer, Serial.of(java.math.BigInteger.valueOf(serial)));
                    history.add(
                            new ClusterHistory.Holds(
                                    history.now(),
                                    name,
                                    CampaignWriter.name(serial),
                                    said(store.find(key))));
                }
            }
        }
        history.note("stores are read");
    }

    private static Said said(Optional<StatusRecord> record) {
        if (record.isPresent() && record.get() instanceof StatusRecord.Assigned assigned) {
            return assigned.revocation().isPresent() ? Said.REVOKED : Said.GOOD;
        }
        return Said.UNAUTHORIZED;
    }

    private boolean judge(List<String> problems) throws IOException {
        List<ClusterHistory.Violation> violations = history.violations(CampaignCluster.STALE);
        List<String> text = new ArrayList<>(problems);
        violations.forEach(violation -> text.add(violation.toString()));
        if (history.count(ClusterHistory.Effective.class) < 50) {
            text.add("fewer than 50 changes were effective: too little was tried");
        }
        Files.write(folder.resolve("violations.txt"), text);
        System.out.printf(
                "%d durable, %d effective, answers %s, longest pause %.1f s, %d frames forwarded,"
                        + " %d lost%n",
                history.count(ClusterHistory.Durable.class),
                history.count(ClusterHistory.Effective.class),
                history.answers(),
                history.longestPause(),
                cluster.network().forwarded(),
                cluster.network().dropped());
        System.out.printf("%d violations and failures%n", text.size());
        text.stream().limit(20).forEach(System.out::println);
        return text.isEmpty();
    }
}
