package org.precertocsp.responder.campaign;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.campaign.VirtualNetwork.Host;
import org.precertocsp.responder.campaign.VirtualNetwork.Link;
import org.precertocsp.responder.cluster.ClusterHistory;
import org.precertocsp.responder.cluster.FirstRecord;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.kafka.KafkaStatusLog;
import org.precertocsp.responder.cluster.kafka.TestClusters;

/// What goes wrong in a campaign. Faults of authorities, edges, brokers, links and records happen
/// side by side, those of one kind one after the other, so that no process is killed twice.
final class CampaignFaults implements AutoCloseable {
    /// Longer than S, and shorter.
    private static final Duration LONG = CampaignCluster.STALE.plusSeconds(8);

    private static final Duration SHORT = Duration.ofSeconds(4);
    private static final Duration BETWEEN = Duration.ofSeconds(10);
    private static final int FORGED = 20;

    /// Of a broker that starts again, while links of others may be cut for a while.
    private static final Duration IN_SYNC = Duration.ofMinutes(4);

    private final CampaignCluster cluster;
    private final CampaignHistory history;
    private final List<Thread> lanes = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    CampaignFaults(CampaignCluster cluster, CampaignHistory history) {
        this.cluster = cluster;
        this.history = history;
    }

    private interface Fault {
        void happen(Random random) throws Exception;
    }

    /// Begins all kinds of faults, in an order that the seed decides.
    void start(long seed) {
        lane(
                "authorities",
                seed,
                random -> killNode(authority(random), hold(random)),
                random -> pauseNode(authority(random), hold(random)),
                random -> restartNode(authority(random)),
                _ -> killBothAuthorities());
        lane(
                "edges",
                seed + 1,
                random -> killNode(edge(random), hold(random)),
                random -> pauseNode(edge(random), SHORT),
                random -> pauseNode(edge(random), LONG),
                random -> restartNode(edge(random)),
                _ -> fillEdge(Duration.ofSeconds(15)));
        lane(
                "brokers",
                seed + 2,
                random -> killBroker(broker(random), hold(random)),
                random -> killBroker(cluster.leader(), hold(random)),
                random -> pauseBroker(cluster.leader(), hold(random)),
                random -> damageBroker(broker(random), random),
                _ -> fillBroker(Duration.ofSeconds(10)),
                random -> killTwoBrokers(random, hold(random)));
        lane(
                "links",
                seed + 3,
                random -> cut(edge(random), LONG),
                random -> cut(edge(random), SHORT),
                random -> cut(authority(random), hold(random)),
                random -> cutOneWay(edge(random), random),
                random -> cutOneWay(authority(random), random),
                random -> cutOneWay(CampaignCluster.broker(broker(random)), random),
                random -> cut(CampaignCluster.broker(broker(random)), hold(random)),
                this::slow);
        lane("records", seed + 4, this::forge, this::replay);
    }

    /// Some faults, so that each edge is cut off, killed or paused, and both an authority and a
    /// broker fail, within S and a little.
    void startBrief() {
        script("links", _ -> cut("fra1", LONG));
        script(
                "nodes",
                this::forge,
                _ -> killNode("a", Duration.ofSeconds(1)),
                _ -> pauseNode("iad1", SHORT),
                _ -> killNode("sin1", Duration.ZERO));
        script(
                "brokers",
                _ -> rest(Duration.ofSeconds(20)),
                this::replay,
                _ -> killBroker(cluster.leader(), Duration.ofSeconds(1)));
    }

    private void lane(String name, long seed, Fault... faults) {
        Random random = new Random(seed);
        List<Fault> deck = new ArrayList<>();
        run(
                name,
                () -> {
                    while (!ended) {
                        rest(BETWEEN.dividedBy(2).plusMillis(random.nextLong(BETWEEN.toMillis())));
                        if (deck.isEmpty()) {
                            Collections.addAll(deck, faults);
                            Collections.shuffle(deck, random);
                        }
                        if (!ended) {
                            deck.removeLast().happen(random);
                        }
                    }
                    return null;
                });
    }

    private void script(String name, Fault... faults) {
        run(
                name,
                () -> {
                    Random random = new Random(1);
                    for (Fault fault : faults) {
                        fault.happen(random);
                    }
                    return null;
                });
    }

    private void run(String name, java.util.concurrent.Callable<Void> task) {
        lanes.add(
                Thread.ofPlatform()
                        .daemon()
                        .name("faults-" + name)
                        .start(
                                () -> {
                                    try {
                                        task.call();
                                    } catch (InterruptedException _) {
                                        // The campaign ends.
                                    } catch (Exception e) {
                                        failures.add(e);
                                        history.note("faults of %s end: %s".formatted(name, e));
                                    }
                                }));
    }

    /// Waits until what happens now is over, and scripts have ended.
    ///
    /// @throws IllegalStateException a fault could not be made
    void await() throws InterruptedException {
        ended = true;
        for (Thread lane : lanes) {
            lane.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a fault could not be made", failures.peek());
        }
    }

    @Override
    public void close() {
        ended = true;
        lanes.forEach(Thread::interrupt);
    }

    // Whom it befalls.

    private static String authority(Random random) {
        return any(CampaignCluster.AUTHORITIES, random);
    }

    private static String edge(Random random) {
        return any(CampaignCluster.EDGES, random);
    }

    private static int broker(Random random) {
        return any(CampaignCluster.BROKERS, random);
    }

    private static <T> T any(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    private static Duration hold(Random random) {
        return Duration.ofMillis(random.nextInt(20_000));
    }

    private static void rest(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    // Processes.

    private void killNode(String name, Duration down) throws Exception {
        history.note("kill -9 " + name);
        cluster.kill(name);
        history.add(new ClusterHistory.Restarted(history.now(), name));
        rest(down);
        history.note("start " + name);
        cluster.start(name);
    }

    private void restartNode(String name) throws Exception {
        history.note("stop " + name);
        history.add(new ClusterHistory.Restarted(history.now(), name));
        cluster.stop(name);
        history.add(new ClusterHistory.Restarted(history.now(), name));
        cluster.start(name);
        history.note("started " + name);
    }

    private void killBothAuthorities() throws Exception {
        history.note("kill -9 both authorities");
        for (String name : CampaignCluster.AUTHORITIES) {
            cluster.kill(name);
        }
        rest(SHORT);
        for (String name : CampaignCluster.AUTHORITIES) {
            cluster.start(name);
        }
        history.note("start both authorities");
    }

    private void pauseNode(String name, Duration time) throws Exception {
        history.note("pause %s for %s".formatted(name, time));
        cluster.signal(name, "STOP");
        try {
            rest(time);
        } finally {
            cluster.signal(name, "CONT");
            history.note("go on " + name);
        }
    }

    private void killBroker(int id, Duration down) throws Exception {
        history.note("kill -9 broker %d for %s".formatted(id, down));
        cluster.brokers().kill(id);
        rest(down);
        startBroker(id);
    }

    private void startBroker(int id) throws Exception {
        history.note("start broker " + id);
        cluster.brokers().run(id);
        awaitBroker(id);
    }

    /// One broker at a time: with two of three a set may be in one place only.
    private void awaitBroker(int id) throws Exception {
        long end = System.nanoTime() + IN_SYNC.toNanos();
        while (System.nanoTime() < end) {
            rest(Duration.ofMillis(500));
            try {
                if (cluster.brokers().inSync(cluster.prefix()) == CampaignCluster.BROKERS.size()) {
                    history.note("broker %d is in sync".formatted(id));
                    return;
                }
            } catch (IllegalStateException _) {
                // The others do not answer either, yet.
            }
        }
        throw new IllegalStateException("broker %d is not in sync after %s".formatted(id, IN_SYNC));
    }

    private void killTwoBrokers(Random random, Duration down) throws Exception {
        int spared = broker(random);
        history.note("kill -9 all brokers but %d for %s".formatted(spared, down));
        for (int id : CampaignCluster.BROKERS) {
            if (id != spared) {
                cluster.brokers().kill(id);
            }
        }
        rest(down);
        for (int id : CampaignCluster.BROKERS) {
            if (id != spared) {
                history.note("start broker " + id);
                cluster.brokers().run(id);
            }
        }
        // None of them is in sync before both run.
        awaitBroker(spared);
    }

    private void pauseBroker(int id, Duration time) throws Exception {
        history.note("pause broker %d for %s".formatted(id, time));
        cluster.brokers().pause(id);
        try {
            rest(time);
        } finally {
            cluster.brokers().resume(id);
            history.note("go on broker " + id);
        }
        awaitBroker(id);
    }

    // Disks.

    private void fillEdge(Duration time) throws Exception {
        history.note("disk of %s is full for %s".formatted(CampaignCluster.SMALL_EDGE, time));
        cluster.fill(CampaignCluster.SMALL_EDGE);
        try {
            rest(time);
        } finally {
            cluster.free(CampaignCluster.SMALL_EDGE);
            history.note("disk of %s has room".formatted(CampaignCluster.SMALL_EDGE));
        }
    }

    private void fillBroker(Duration time) throws Exception {
        int id = CampaignCluster.SMALL_BROKER;
        history.note("disk of broker %d is full for %s".formatted(id, time));
        String name = CampaignCluster.broker(id);
        cluster.fill(name);
        try {
            rest(time);
        } finally {
            cluster.free(name);
            history.note("disk of broker %d has room".formatted(id));
        }
        // A broker ends when its only disk fails; if it did not, it starts again all the same.
        cluster.brokers().kill(id);
        startBroker(id);
    }

    /// Flips a bit near the end of the status log of a broker that does not run. Later its copy is
    /// deleted, as an operator would.
    private void damageBroker(int id, Random random) throws Exception {
        history.note("kill -9 broker %d and flip a bit of its log".formatted(id));
        cluster.brokers().kill(id);
        Path topic =
                cluster.folder()
                        .resolve("broker-%d/data/%s.status-0".formatted(id, cluster.prefix()));
        List<Path> segments;
        try (Stream<Path> files = Files.list(topic)) {
            segments =
                    files.filter(file -> file.toString().endsWith(".log"))
                            .sorted(Comparator.reverseOrder())
                            .toList();
        }
        try (RandomAccessFile file = new RandomAccessFile(segments.getFirst().toFile(), "rw")) {
            long at = Math.max(0, file.length() - 1 - random.nextInt(8_000));
            file.seek(at);
            int before = file.read();
            if (before >= 0) {
                file.seek(at);
                file.write(before ^ 1 << random.nextInt(8));
            }
        }
        history.add(new ClusterHistory.Damaged(history.now(), "a bit at broker " + id));
        startBroker(id);
        rest(hold(random));
        history.note("broker %d loses its copy".formatted(id));
        cluster.brokers().kill(id);
        try (Stream<Path> files = Files.walk(topic)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        startBroker(id);
    }

    // Links.

    private List<Host> others(String name) {
        return others(cluster, name);
    }

    /// All hosts but a node and its clients.
    static List<Host> others(CampaignCluster cluster, String name) {
        List<Host> others = new ArrayList<>();
        for (int id : CampaignCluster.BROKERS) {
            others.add(cluster.host(CampaignCluster.broker(id)));
        }
        CampaignCluster.AUTHORITIES.forEach(it -> others.add(cluster.host(it)));
        CampaignCluster.EDGES.forEach(it -> others.add(cluster.host(it)));
        others.remove(cluster.host(name));
        return others;
    }

    /// Clients still reach it.
    private void cut(String name, Duration time) throws Exception {
        history.note("cut %s off for %s".formatted(name, time));
        cluster.network().setBoth(cluster.host(name), others(name), Link.CUT);
        try {
            rest(time);
        } finally {
            cluster.network().setBoth(cluster.host(name), others(name), Link.GOOD);
            history.note("join " + name);
        }
    }

    private void cutOneWay(String name, Random random) throws Exception {
        boolean sends = random.nextBoolean();
        Duration time = random.nextBoolean() ? SHORT : LONG;
        history.note("%s only %s for %s".formatted(name, sends ? "sends" : "receives", time));
        Host host = cluster.host(name);
        try {
            for (Host other : others(name)) {
                cluster.network().set(sends ? other : host, sends ? host : other, Link.CUT);
            }
            rest(time);
        } finally {
            cluster.network().setBoth(host, others(name), Link.GOOD);
            history.note("join " + name);
        }
    }

    /// All links are slow, late and lose frames.
    private void slow(Random random) throws Exception {
        Link link = new Link(false, 1_000L * random.nextInt(100), 20_000, random.nextInt(30));
        history.note("all links: " + link);
        List<Host> all = others(CampaignCluster.EDGES.getFirst());
        all.add(cluster.host(CampaignCluster.EDGES.getFirst()));
        try {
            all.forEach(host -> cluster.network().setBoth(host, without(all, host), link));
            rest(Duration.ofSeconds(10));
        } finally {
            all.forEach(host -> cluster.network().setBoth(host, without(all, host), Link.GOOD));
            history.note("all links are good");
        }
    }

    private static List<Host> without(List<Host> all, Host one) {
        return all.stream().filter(host -> !host.equals(one)).toList();
    }

    // Records, by a producer with all rights.

    void forge(Random random) throws Exception {
        List<ByteString> records = new ArrayList<>();
        records.add(ByteString.of());
        records.add(FirstRecord.signed("a", strangerKey()));
        for (int i = 0; i < FORGED; i++) {
            byte[] noise = new byte[random.nextInt(2_000)];
            random.nextBytes(noise);
            records.add(ByteString.of(noise));
        }
        for (ByteString genuine : newest(FORGED)) {
            byte[] flipped = genuine.toArray();
            if (flipped.length > 0) {
                flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
                records.add(ByteString.of(flipped));
            }
        }
        Collections.shuffle(records, random);
        produce("forged", records);
    }

    /// Genuine records again, and in another order.
    private void replay(Random random) throws Exception {
        List<ByteString> records = new ArrayList<>(newest(5 * FORGED));
        Collections.shuffle(records, random);
        produce("replayed", records);
    }

    private static java.security.PrivateKey strangerKey() throws GeneralSecurityException {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
    }

    private List<ByteString> newest(int count) throws InterruptedException {
        try (StatusLog log = KafkaStatusLog.status(TestClusters.edge(cluster.kafka("admin")))) {
            long end = log.tail(Long.MAX_VALUE, Duration.ZERO).end();
            List<ByteString> records =
                    log.tail(Math.max(0, end - count), Duration.ofSeconds(5)).records();
            return records.subList(0, Math.min(count, records.size()));
        } catch (LogUnavailableException _) {
            return List.of();
        }
    }

    private void produce(String what, List<ByteString> records) throws InterruptedException {
        try {
            Map<String, Object> settings =
                    new java.util.HashMap<>(cluster.clientProperties("admin"));
            settings.put("delivery.timeout.ms", 5_000);
            settings.put("request.timeout.ms", 4_000);
            settings.put("max.block.ms", 5_000);
            String topic = cluster.kafka("admin").statusTopic();
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(
                            settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                for (ByteString record : records) {
                    Future<RecordMetadata> _ =
                            producer.send(new ProducerRecord<>(topic, 0, null, record.toArray()));
                }
                producer.flush();
            }
            history.note("%d records %s".formatted(records.size(), what));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (org.apache.kafka.common.KafkaException e) {
            history.note("no records %s: %s".formatted(what, e.getMessage()));
        }
    }
}
