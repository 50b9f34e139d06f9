package org.precertocsp.responder.cluster.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x500.X500Name;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterConfig;

/// Real Kafka brokers on loopback, each in a process of its own. The build puts their jars into
/// `target/kafka`; they never are in the class path of a responder.
public final class KafkaBrokers implements AutoCloseable {
    private static final Path JARS = Path.of("target", "kafka");
    private static final String CLUSTER_ID = "cHJlY2VydC1vY3NwLXRlcw";

    /// Enough for two cores that run other tests, too.
    private static final Duration START = Duration.ofSeconds(90);

    private final Path folder;
    private final List<Place> places;
    private final Optional<TestCa> ca;
    private final Map<Integer, Process> running = new HashMap<>();

    private KafkaBrokers(Path folder, List<Place> places, Optional<TestCa> ca) {
        this.folder = folder;
        this.places = places;
        this.ca = ca;
    }

    /// Where a broker runs.
    ///
    /// @param address of this machine, or of a network namespace
    /// @param enter words before a command that make it run there; none on this machine
    public record Place(String address, int clientPort, int controllerPort, List<String> enter) {
        public Place {
            enter = List.copyOf(enter);
        }

        String client() {
            return address + ":" + clientPort;
        }

        String controller() {
            return address + ":" + controllerPort;
        }

        private static List<Place> onLoopback(int brokers) {
            List<Integer> ports = freePorts(2 * brokers);
            return IntStream.range(0, brokers)
                    .mapToObj(
                            id ->
                                    new Place(
                                            "127.0.0.1",
                                            ports.get(id),
                                            ports.get(brokers + id),
                                            List.of()))
                    .toList();
        }
    }

    private static final class Single {
        private static final KafkaBrokers BROKER = start();

        private Single() {}

        private static KafkaBrokers start() {
            try {
                KafkaBrokers broker =
                        KafkaBrokers.start(Files.createTempDirectory("precert-ocsp-kafka"), 1);
                Runtime.getRuntime().addShutdownHook(new Thread(broker::closeAndDelete));
                return broker;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// One broker for all tests of this process, each with topics of its own. It ends with the
    /// process.
    public static KafkaBrokers single() {
        return Single.BROKER;
    }

    private void closeAndDelete() {
        close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException | UncheckedIOException _) {
            // The system's own cleaning of its directory for such files does the rest.
        }
    }

    /// What allows a user these operations on a topic, and to describe it.
    public static List<AclBinding> allow(String user, String topic, AclOperation... operations) {
        return Stream.concat(
                        Stream.of(operations),
                        Stream.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS))
                .map(
                        operation ->
                                new AclBinding(
                                        new ResourcePattern(
                                                ResourceType.TOPIC, topic, PatternType.LITERAL),
                                        new AccessControlEntry(
                                                "User:CN=" + user,
                                                "*",
                                                operation,
                                                AclPermissionType.ALLOW)))
                .toList();
    }

    /// Starts brokers and waits until they answer.
    ///
    /// @param more lines for the settings of each
    public static KafkaBrokers start(Path folder, int brokers, String... more) {
        return start(new KafkaBrokers(folder, Place.onLoopback(brokers), Optional.empty()), more);
    }

    /// Starts a broker that speaks TLS with clients that have a certificate of this CA, and allows
    /// them what ACLs allow; everything to `CN=admin`.
    public static KafkaBrokers startSecured(Path folder, TestCa ca) throws IOException {
        return startSecured(folder, ca, Place.onLoopback(1));
    }

    /// The same for brokers anywhere.
    public static KafkaBrokers startSecured(
            Path folder, TestCa ca, List<Place> places, String... more) throws IOException {
        KafkaBrokers broker = new KafkaBrokers(folder, places, Optional.of(ca));
        ClusterConfig.Tls files = broker.tls("broker");
        Path keyStore = folder.resolve("broker-both.pem");
        Files.writeString(
                keyStore,
                Files.readString(files.privateKey()) + Files.readString(files.certificate()));
        List<String> settings =
                new ArrayList<>(
                        List.of(
                                "ssl.client.auth=required",
                                "ssl.keystore.type=PEM",
                                "ssl.keystore.location=" + keyStore.toAbsolutePath(),
                                "ssl.truststore.type=PEM",
                                "ssl.truststore.location=" + files.ca().toAbsolutePath(),
                                "authorizer.class.name="
                                        + "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                                "super.users=User:ANONYMOUS;User:CN=broker;User:CN=admin"));
        Collections.addAll(settings, more);
        return start(broker, settings.toArray(String[]::new));
    }

    private static KafkaBrokers start(KafkaBrokers started, String... more) {
        int brokers = started.size();
        try {
            List<Process> formatting = new ArrayList<>();
            for (int id = 1; id <= brokers; id++) {
                formatting.add(started.format(id, more));
            }
            for (int id = 1; id <= brokers; id++) {
                started.awaitFormatted(id, formatting.get(id - 1));
                started.run(id);
            }
            started.awaitReady(brokers);
            return started;
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        } catch (IOException e) {
            started.close();
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> open = new ArrayList<>();
        try {
            List<Integer> ports = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                open.add(socket);
                ports.add(socket.getLocalPort());
            }
            for (ServerSocket socket : open) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Place place(int id) {
        return places.get(id - 1);
    }

    private int size() {
        return places.size();
    }

    /// Addresses of all brokers.
    public List<String> bootstrap() {
        return places.stream().map(Place::client).toList();
    }

    /// These brokers, without TLS, with topics of that prefix.
    public ClusterConfig.Kafka kafka(String prefix) {
        return kafka(prefix, "admin");
    }

    /// The same for a client with a certificate of that name, if these brokers want one.
    public ClusterConfig.Kafka kafka(String prefix, String client) {
        try {
            return new ClusterConfig.Kafka(
                    bootstrap(),
                    ca.isEmpty() ? Optional.empty() : Optional.of(tls(client)),
                    prefix,
                    Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ClusterConfig.Tls tls(String name) throws IOException {
        return tls(
                folder,
                name,
                ca.orElseThrow(),
                ca.orElseThrow(),
                places.stream().map(Place::address).distinct().toList());
    }

    /// Writes the files of a client, once.
    static ClusterConfig.Tls tls(Path folder, String name, TestCa trusted, TestCa issuer)
            throws IOException {
        return tls(folder, name, trusted, issuer, List.of("127.0.0.1"));
    }

    /// Writes the files of a client or server, once.
    ///
    /// @param addresses at which it serves, if it does
    public static ClusterConfig.Tls tls(
            Path folder, String name, TestCa trusted, TestCa issuer, List<String> addresses)
            throws IOException {
        ClusterConfig.Tls files =
                new ClusterConfig.Tls(
                        folder.resolve("tls-" + name + "-ca.pem"),
                        folder.resolve("tls-" + name + ".pem"),
                        folder.resolve("tls-" + name + ".key"));
        if (!Files.exists(files.privateKey())) {
            KeyPair keys = TestCa.p256();
            TestCa.write(files.ca(), trusted.holder());
            TestCa.write(
                    files.certificate(),
                    issuer.certificate(
                            BigInteger.valueOf(System.nanoTime()),
                            new X500Name("CN=" + name),
                            keys,
                            TestCa.at(addresses)));
            Files.writeString(
                    files.privateKey(), TestCa.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        }
        return files;
    }

    private Path home(int id) {
        return folder.resolve("broker-" + id);
    }

    private Process format(int id, String... more) throws IOException {
        Path data = Files.createDirectories(home(id).resolve("data"));
        String voters =
                IntStream.rangeClosed(1, size())
                        .mapToObj(voter -> voter + "@" + place(voter).controller())
                        .collect(Collectors.joining(","));
        List<String> settings =
                new ArrayList<>(
                        List.of(
                                "process.roles=broker,controller",
                                "node.id=" + id,
                                "broker.rack=rack-" + id,
                                "controller.quorum.voters=" + voters,
                                "listeners=CLIENTS://%s,CONTROLLER://%s"
                                        .formatted(place(id).client(), place(id).controller()),
                                "advertised.listeners=CLIENTS://" + place(id).client(),
                                "listener.security.protocol.map=CONTROLLER:PLAINTEXT,CLIENTS:"
                                        + (ca.isEmpty() ? "PLAINTEXT" : "SSL"),
                                "controller.listener.names=CONTROLLER",
                                "inter.broker.listener.name=CLIENTS",
                                "log.dirs=" + data.toAbsolutePath(),
                                "auto.create.topics.enable=false",
                                "num.network.threads=2",
                                "num.io.threads=2",
                                "num.replica.fetchers=1",
                                "log.cleaner.enable=false",
                                "broker.heartbeat.interval.ms=500",
                                "broker.session.timeout.ms=3000",
                                "controller.quorum.election.timeout.ms=1000",
                                "controller.quorum.fetch.timeout.ms=2000",
                                "replica.lag.time.max.ms=4000"));
        Collections.addAll(settings, more);
        Files.write(home(id).resolve("server.properties"), settings);
        return java(
                id,
                "format",
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                CLUSTER_ID,
                "--config",
                home(id).resolve("server.properties").toString());
    }

    private void awaitFormatted(int id, Process process) throws IOException {
        try {
            if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(
                        "formatting failed: " + Files.readString(home(id).resolve("format.log")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    /// Starts a broker, or starts it again.
    public void run(int id) throws IOException {
        running.put(
                id,
                java(
                        id,
                        "broker",
                        "kafka.Kafka",
                        home(id).resolve("server.properties").toString()));
    }

    private Process java(int id, String log, String... arguments) throws IOException {
        if (!Files.isDirectory(JARS)) {
            throw new IllegalStateException(
                    JARS.toAbsolutePath()
                            + " is missing: mvn process-test-resources puts Kafka's jars there");
        }
        List<String> command = new ArrayList<>(place(id).enter());
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        JARS.resolve("*").toAbsolutePath().toString()));
        Collections.addAll(command, arguments);
        return new ProcessBuilder(command)
                .directory(home(id).toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(home(id).resolve(log + ".log").toFile()))
                .start();
    }

    private void awaitReady(int brokers) {
        try (Admin admin = new KafkaClientSettings(kafka("none"), "fixture").admin()) {
            Awaitility.await()
                    .atMost(START)
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreException(ExecutionException.class)
                    .until(() -> admin.describeCluster().nodes().get().size() == brokers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// As `kill -9` does.
    public void kill(int id) {
        Process process = running.remove(id);
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /// As `kill -STOP` does: connections stay open and nothing answers.
    public void pause(int id) throws IOException, InterruptedException {
        signal(id, "STOP");
    }

    /// As `kill -CONT` does.
    public void resume(int id) throws IOException, InterruptedException {
        signal(id, "CONT");
    }

    private void signal(int id, String name) throws IOException, InterruptedException {
        long pid = Objects.requireNonNull(running.get(id), "it runs").pid();
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }

    /// Creates a topic as `cluster init` does, with one replica if there is one broker.
    public void create(ClusterTopic topic, String prefix) {
        try (Admin admin = new KafkaClientSettings(kafka(prefix), "fixture").admin()) {
            ClusterTopic.Demands demands =
                    size() == 1
                            ? ClusterTopic.Demands.single(Optional.empty())
                            : ClusterTopic.Demands.usual(Optional.empty());
            new TopicAdmin(admin, kafka(prefix)).create(topic, demands);
        } catch (IOException | ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Deletes a topic and creates it again, and waits until the brokers know the new one.
    public void replace(ClusterTopic topic, String prefix) {
        try (Admin admin = new KafkaClientSettings(kafka(prefix), "fixture").admin()) {
            TopicAdmin topics = new TopicAdmin(admin, kafka(prefix));
            ByteString old = topics.id(topic).orElseThrow();
            admin.deleteTopics(List.of(topic.name(kafka(prefix)))).all().get();
            create(topic, prefix);
            Awaitility.await()
                    .atMost(START)
                    .until(() -> topics.id(topic).filter(it -> !it.equals(old)).isPresent());
        } catch (IOException | ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The broker that leads the topic of changes.
    public int leader(String prefix) {
        return partition(prefix).leader().id();
    }

    /// How many brokers have all of that topic.
    public int inSync(String prefix) {
        return partition(prefix).isr().size();
    }

    private TopicPartitionInfo partition(String prefix) {
        try (Admin admin = new KafkaClientSettings(kafka(prefix), "fixture").admin()) {
            String topic = kafka(prefix).statusTopic();
            TopicDescription found =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            return Objects.requireNonNull(found, topic).partitions().getFirst();
        } catch (IOException | ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::kill);
    }
}
