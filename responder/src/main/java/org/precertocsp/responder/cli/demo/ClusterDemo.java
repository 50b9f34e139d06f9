package org.precertocsp.responder.cli.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.precertocsp.responder.cli.ServerLifecycle.ProcessSignals;
import org.precertocsp.responder.cli.StartupException;
import org.precertocsp.responder.cli.demo.DemoCommand.DemoApi;
import org.precertocsp.responder.cli.demo.DemoCommand.DemoCertificates;
import org.precertocsp.responder.cli.demo.DemoCommand.DemoDirectory;
import org.precertocsp.responder.cli.demo.DemoCommand.DemoInstructions;
import org.precertocsp.responder.cli.demo.DemoProcesses.Ended;
import org.precertocsp.responder.cli.demo.DemoProcesses.Program;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterSummary.State;
import org.precertocsp.responder.cluster.kafka.ClusterAdmin;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.HeapLimit;
import org.precertocsp.responder.config.ServerConfig;

/// `demo --cluster`: three brokers, two authorities and two edges on one machine, each a process of
/// its own, so that each can be killed or paused.
///
/// The nodes are started as an operator starts them, by `precert-ocsp serve`, from configurations
/// that lie beside each other in the directory. The brokers' program is not part of this one: it
/// comes from a download of Apache Kafka, or from where the build put what its tests need. It runs
/// on the same Java as this process.
final class ClusterDemo {
    private static final List<String> AUTHORITIES = List.of("a", "b");
    private static final List<String> EDGES = List.of("fra1", "iad1");
    private static final int BROKERS = 3;
    private static final String CLUSTER_ID = "cHJlY2VydC1vY3NwLWRlbQ";
    private static final List<String> ROLES = List.of("revoker", "viewer", "operator", "edge");

    /// The shortest that a configuration may have: who tries things out waits for it.
    static final Duration STALENESS = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration START = Duration.ofMinutes(3);

    /// Measured: some 200 MB for each of three brokers and this process, 270 MB for each of four
    /// nodes.
    private static final long MEMORY = 2L << 30;

    private static final String READY = "ready http://";

    private final Optional<Path> named;
    private final Optional<Path> kafka;
    private final Ports ports;
    private final InstantSource clock;
    private final PrintWriter out;
    private final long began = System.nanoTime();

    /// @param named directory that keeps all files; empty for a temporary one, deleted at the end
    /// @param kafka where the brokers' program is; empty for where the build put it
    ClusterDemo(
            Optional<Path> named,
            Optional<Path> kafka,
            Ports ports,
            InstantSource clock,
            PrintWriter out) {
        this.named = named;
        this.kafka = kafka;
        this.ports = ports;
        this.clock = clock;
        this.out = out;
    }

    /// Ports of the loopback address, one beside the other.
    record Ports(int first) {
        static final int COUNT = 16;

        private static final int EDGE = 0;
        private static final int AUTHORITY = 2;
        private static final int API = 4;
        private static final int HEALTH_OF_AUTHORITY = 6;
        private static final int HEALTH_OF_EDGE = 8;
        private static final int BROKER = 10;
        private static final int CONTROLLER = 13;

        /// Of an OCSP endpoint.
        int ocsp(String node) {
            return of(node, AUTHORITY, EDGE);
        }

        int api(String authority) {
            return of(authority, API, API);
        }

        int health(String node) {
            return of(node, HEALTH_OF_AUTHORITY, HEALTH_OF_EDGE);
        }

        private int of(String node, int authorities, int edges) {
            int authority = AUTHORITIES.indexOf(node);
            return first + (authority >= 0 ? authorities + authority : edges + EDGES.indexOf(node));
        }

        /// @param id from 1 on
        int broker(int id) {
            return first + BROKER + id - 1;
        }

        int controller(int id) {
            return first + CONTROLLER + id - 1;
        }

        /// Those that another process has.
        List<Integer> taken() {
            return IntStream.range(first, first + COUNT)
                    .filter(port -> !isFree(port))
                    .boxed()
                    .toList();
        }

        private static boolean isFree(int port) {
            try (ServerSocket socket =
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.isBound();
            } catch (IOException | IllegalArgumentException _) {
                return false;
            }
        }
    }

    /// The end was requested before all ran.
    private static final class StoppedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /// What is waited for.
    private interface Condition {
        boolean holds() throws IOException;
    }

    /// Returns when it is to end, with everything ended.
    void run() throws IOException, ConfigException, StartupException, InterruptedException {
        String program =
                DemoInstructions.ownFolder()
                        .map(bin -> Path.of(bin, "precert-ocsp").toString())
                        .orElseThrow(
                                () ->
                                        new StartupException(
                                                "--cluster starts more processes with the launcher"
                                                        + " bin/precert-ocsp: start this one with it, too",
                                                null));
        String classes = brokerClasses();
        checkMachine();
        ProcessSignals signals = ProcessSignals.listenWithTerminal();
        Optional<CompletableFuture<Void>> _ =
                ProcessHandle.current()
                        .parent()
                        .map(parent -> parent.onExit().thenRun(signals::stop));

        DemoDirectory files = new DemoDirectory(directory());
        boolean done = false;
        try (DemoProcesses processes = DemoProcesses.in(files.directory())) {
            new Run(files, program, classes, processes, signals).untilStopped();
            progress("ends all processes");
            done = true;
        } finally {
            if (done && named.isEmpty()) {
                delete(files.directory());
            } else {
                out.printf("All files are in %s%n", files.directory());
                out.flush();
            }
        }
    }

    private Path directory() throws IOException {
        Path chosen =
                named.isPresent()
                        ? Files.createDirectories(named.get())
                        : Files.createTempDirectory("precert-ocsp-cluster-");
        return chosen.toRealPath();
    }

    /// Others of this machine may write to a temporary directory: what cannot be deleted stays.
    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException | UncheckedIOException _) {
            // The system's own cleaning of its directory for such files does the rest.
        }
    }

    /// The class path of a broker. Its log goes to standard error without log4j-core, which needs
    /// modules that the Java of this program lacks.
    private String brokerClasses() throws IOException, StartupException {
        Path folder =
                kafka.orElseGet(
                                () ->
                                        Path.of(DemoInstructions.ownFolder().orElseThrow())
                                                .resolve("../../kafka"))
                        .toAbsolutePath()
                        .normalize();
        Path jars = Files.isDirectory(folder.resolve("libs")) ? folder.resolve("libs") : folder;
        List<Path> found = List.of();
        if (Files.isDirectory(jars)) {
            try (Stream<Path> files = Files.list(jars)) {
                found = files.filter(it -> it.toString().endsWith(".jar")).sorted().toList();
            }
        }
        boolean complete =
                found.stream().anyMatch(it -> it.getFileName().toString().startsWith("kafka_2"));
        if (!complete) {
            throw new StartupException(
                    ("the broker of Apache Kafka is not in %s: build this program (mvn -DskipTests"
                                    + " package), which puts it there for its own distribution, or"
                                    + " download Apache Kafka 4.1 or newer, unpack it, and name its"
                                    + " directory with --kafka")
                            .formatted(folder),
                    null);
        }
        return found.stream()
                .filter(it -> !it.getFileName().toString().startsWith("log4j-core"))
                .map(Path::toString)
                .collect(Collectors.joining(":"));
    }

    private void checkMachine() throws IOException, StartupException {
        List<String> reasons = new ArrayList<>();
        List<Integer> taken = ports.taken();
        if (!taken.isEmpty()) {
            reasons.add(
                    "port %s of 127.0.0.1 is in use, and %d ports from %d on are needed: choose others with --port"
                            .formatted(
                                    taken.stream()
                                            .map(String::valueOf)
                                            .collect(Collectors.joining(", ")),
                                    Ports.COUNT,
                                    ports.first()));
        }
        long memory = Math.min(availableMemory(), HeapLimit.memory());
        if (memory < MEMORY) {
            reasons.add(
                    "eight processes take up to %d MiB of memory, and %d MiB are available: end other programs, or use another machine"
                            .formatted(MEMORY >> 20, memory >> 20));
        }
        if (!reasons.isEmpty()) {
            throw new StartupException(reasons, null);
        }
    }

    /// Of this machine, in bytes; the most there can be where the system does not tell.
    private static long availableMemory() throws IOException {
        Path figures = Path.of("/proc/meminfo");
        if (!Files.isReadable(figures)) {
            return Long.MAX_VALUE;
        }
        return Files.readAllLines(figures).stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private void progress(String text) {
        double seconds = (System.nanoTime() - began) / 1e9;
        out.printf(Locale.ROOT, "%6.1f s  %s%n", seconds, text);
        out.flush();
    }

    /// One run in one directory.
    private final class Run {
        private final DemoDirectory files;
        private final String launcher;
        // The class path of a broker.
        private final String classes;
        private final DemoProcesses processes;
        private final ProcessSignals signals;

        Run(
                DemoDirectory files,
                String launcher,
                String classes,
                DemoProcesses processes,
                ProcessSignals signals) {
            this.files = files;
            this.launcher = launcher;
            this.classes = classes;
            this.processes = processes;
            this.signals = signals;
        }

        void untilStopped()
                throws IOException, ConfigException, StartupException, InterruptedException {
            try {
                startAll();
                new ClusterInstructions(files, ports).print(out);
                for (String edge : EDGES) {
                    out.println(READY + "127.0.0.1:" + ports.ocsp(edge));
                }
                out.flush();
                while (!signals.awaitStop(PAUSE)) {
                    tellEnded();
                    startRequested();
                }
            } catch (StoppedException _) {
                progress("stopped");
            }
        }

        private void startAll()
                throws IOException,
                        ConfigException,
                        StartupException,
                        InterruptedException,
                        StoppedException {
            progress("files in " + files.directory());
            writeFiles();
            startBrokers();
            ClusterAdmin admin = admin();
            await("brokers that take topics", () -> initialised(admin));
            progress("topics created: precert-ocsp cluster init -c a.yaml");
            start(node("a"));
            await("authority a that takes changes", () -> isReady("a") && holds(admin, "a"));
            progress("authority a takes changes");
            for (String name : List.of("b", "fra1", "iad1")) {
                start(node(name));
            }
            load();
            await(
                    "nodes that answer",
                    () -> Stream.of("b", "fra1", "iad1").allMatch(this::isReady));
            await("edges that know all changes", () -> isApplied(admin.status()));
            progress("authority b stands by; edges fra1 and iad1 have all changes");
        }

        // Brokers.

        private void startBrokers()
                throws IOException, StartupException, InterruptedException, StoppedException {
            List<Program> formatting = new ArrayList<>();
            for (int id = 1; id <= BROKERS; id++) {
                Path home = Files.createDirectories(files.in("broker-" + id));
                Files.writeString(home.resolve("server.properties"), brokerSettings(id));
                if (!Files.exists(home.resolve("data").resolve("meta.properties"))) {
                    formatting.add(formatter(id));
                }
            }
            for (Program program : formatting) {
                processes.start(program);
            }
            List<Ended> formatted = new ArrayList<>();
            awaitAlone(
                    "disks of brokers",
                    () -> {
                        formatted.addAll(processes.ended());
                        return formatted.size() == formatting.size();
                    });
            for (Ended ended : formatted) {
                if (ended.code() != 0) {
                    throw failed(ended);
                }
            }
            for (int id = 1; id <= BROKERS; id++) {
                start(broker(id));
            }
            await(
                    "brokers that listen",
                    () ->
                            IntStream.rangeClosed(1, BROKERS)
                                    .allMatch(id -> listens(ports.broker(id))));
        }

        private Program formatter(int id) {
            return new Program(
                    "broker-%d-format".formatted(id),
                    java(
                            "kafka.tools.StorageTool",
                            "format",
                            "--cluster-id",
                            CLUSTER_ID,
                            "--config",
                            settings(id)),
                    Map.of(),
                    false);
        }

        private Program broker(int id) {
            return new Program("broker-" + id, java("kafka.Kafka", settings(id)), Map.of(), false);
        }

        private String settings(int id) {
            return files.in("broker-" + id).resolve("server.properties").toString();
        }

        private List<String> java(String... arguments) {
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx192m",
                                    "-XX:MaxDirectMemorySize=64m",
                                    "-XX:+UseSerialGC",
                                    "-XX:+UseCompactObjectHeaders",
                                    "-XX:TieredStopAtLevel=1",
                                    "--sun-misc-unsafe-memory-access=allow",
                                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                                    "-Dorg.slf4j.simpleLogger.showDateTime=true",
                                    "-cp",
                                    classes));
            command.addAll(List.of(arguments));
            return command;
        }

        private String brokerSettings(int id) {
            String voters =
                    IntStream.rangeClosed(1, BROKERS)
                            .mapToObj(voter -> voter + "@127.0.0.1:" + ports.controller(voter))
                            .collect(Collectors.joining(","));
            return """
            # Written by `precert-ocsp demo --cluster`.
            process.roles=broker,controller
            node.id=%1$d
            broker.rack=rack-%1$d
            controller.quorum.voters=%2$s
            listeners=CLIENTS://127.0.0.1:%3$d,CONTROLLER://127.0.0.1:%4$d
            advertised.listeners=CLIENTS://127.0.0.1:%3$d
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,CLIENTS:PLAINTEXT
            controller.listener.names=CONTROLLER
            inter.broker.listener.name=CLIENTS
            log.dirs=%5$s
            auto.create.topics.enable=false
            num.network.threads=2
            num.io.threads=2
            num.replica.fetchers=1
            log.cleaner.enable=false
            log.index.size.max.bytes=1048576
            controlled.shutdown.enable=false
            """
                    .formatted(
                            id,
                            voters,
                            ports.broker(id),
                            ports.controller(id),
                            files.in("broker-" + id).resolve("data"));
        }

        private static boolean listens(int port) {
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        (int) PAUSE.toMillis());
                return true;
            } catch (IOException _) {
                return false;
            }
        }

        // Nodes.

        private void writeFiles() throws IOException {
            if (Files.exists(files.configuration())) {
                throw new IOException(
                        files.directory()
                                + " has the files of a demonstration without --cluster: name another"
                                + " directory");
            }
            if (!Files.exists(files.in("issuer.pem"))) {
                String answers = "http://127.0.0.1:" + ports.ocsp(EDGES.getFirst());
                new DemoCertificates(files, answers, clock.instant()).create();
            }
            new DemoApi(files, ports.api("a"), ROLES).create(clock.instant());
            for (String name : Stream.of(AUTHORITIES, EDGES).flatMap(List::stream).toList()) {
                Files.createDirectories(files.in(name));
                if (!Files.exists(files.in(name + "/cluster.pub"))) {
                    KeyPair keys = newClusterKeys();
                    files.writeKey(name + "/cluster.key", keys);
                    files.writePublicKey(name + "/cluster.pub", keys);
                }
                Files.writeString(
                        configuration(name),
                        AUTHORITIES.contains(name) ? authority(name) : edge(name));
            }
            for (String old : List.of(".log", ".start", ".pid")) {
                for (Program program : programs()) {
                    Files.deleteIfExists(files.in(program.name() + old));
                }
            }
        }

        private static KeyPair newClusterKeys() {
            try {
                return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has Ed25519", e);
            }
        }

        private Path configuration(String node) {
            return files.in(node + ".yaml");
        }

        private String authority(String name) {
            return """
            # Written by `precert-ocsp demo --cluster`; `precert-ocsp config sample` explains every key.
            store: {directory: %1$s/store, cache: 16MB}
            spool: {directory: %1$s/spool, poll: 200ms}
            answers: {cache: 8MB}
            http: {listen: ["127.0.0.1:%2$d"]}
            %3$sissuers:
              - name: demo
                certificates: [issuer.pem]
                precertificateSigning: [precertificate-signing.pem]
                profile: tls
                responder:
                  certificate: responder.pem
                  key: {pem: {file: responder.key}}
            cluster:
              role: authority
            %4$s  edges:
                - {name: fra1, publicKey: fra1/cluster.pub}
                - {name: iad1, publicKey: iad1/cluster.pub}
            """
                    .formatted(
                            name,
                            ports.ocsp(name),
                            new DemoApi(files, ports.api(name), ROLES)
                                    .configuration(ports.health(name)),
                            common(name));
        }

        private String edge(String name) {
            return """
            # Written by `precert-ocsp demo --cluster`; `precert-ocsp config sample` explains every key.
            store: {directory: %1$s/store, cache: 16MB}
            answers: {cache: 8MB}
            http: {listen: ["127.0.0.1:%2$d"]}
            admin: {listen: "127.0.0.1:%3$d"}
            issuers:
              - name: demo
                certificates: [issuer.pem]
                precertificateSigning: [precertificate-signing.pem]
                profile: tls
            cluster:
              role: edge
            %4$s  client: {ca: admin-ca.pem, certificate: client-edge.pem, privateKey: client-edge.key}
            """
                    .formatted(name, ports.ocsp(name), ports.health(name), common(name));
        }

        private String common(String name) {
            String brokers =
                    IntStream.rangeClosed(1, BROKERS)
                            .mapToObj(id -> "\"127.0.0.1:%d\"".formatted(ports.broker(id)))
                            .collect(Collectors.joining(", "));
            return """
              name: %1$s
              key: %1$s/cluster.key
              kafka: {bootstrap: [%2$s]}
              maxStaleness: %3$ds
              authorities:
                - {name: a, publicKey: a/cluster.pub, address: "https://127.0.0.1:%4$d"}
                - {name: b, publicKey: b/cluster.pub, address: "https://127.0.0.1:%5$d"}
            """
                    .formatted(
                            name, brokers, STALENESS.toSeconds(), ports.api("a"), ports.api("b"));
        }

        private Program node(String name) {
            return new Program(
                    name,
                    List.of(launcher, "serve", "-c", configuration(name).toString()),
                    Map.of(
                            "PRECERT_OCSP_JAVA_OPTS",
                            "-Xmx192m "
                                    + Optional.ofNullable(System.getenv("PRECERT_OCSP_JAVA_OPTS"))
                                            .orElse("")),
                    true);
        }

        private List<Program> programs() {
            return Stream.concat(
                            IntStream.rangeClosed(1, BROKERS).mapToObj(this::broker),
                            Stream.of(AUTHORITIES, EDGES).flatMap(List::stream).map(this::node))
                    .toList();
        }

        /// It has printed that it answers since it was started.
        private boolean isReady(String node) {
            try {
                return Files.readString(processes.log(node)).contains(READY);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        // The cluster.

        private ClusterAdmin admin() throws IOException, ConfigException {
            ServerConfig config = ConfigReader.read(configuration("a"));
            ClusterConfig cluster = config.cluster().orElseThrow();
            return new ClusterAdmin(cluster, clock);
        }

        private static boolean initialised(ClusterAdmin admin) {
            try {
                return admin.init(BROKERS, true).isDone();
            } catch (IOException _) {
                // Not all brokers have found each other.
                return false;
            }
        }

        private static boolean holds(ClusterAdmin admin, String authority) throws IOException {
            return admin.status().holder().filter(authority::equals).isPresent();
        }

        private static boolean isApplied(State state) {
            return state.edges().size() == EDGES.size()
                    && state.edges().stream()
                            .allMatch(
                                    it ->
                                            it.applied() == state.sequence()
                                                    && it.lease().isPresent());
        }

        /// Certificates first: a CRL may name them.
        private void load()
                throws IOException, StartupException, InterruptedException, StoppedException {
            for (String kind : List.of("certificates", "crl")) {
                List<String> names =
                        kind.equals("crl") ? List.of("revocations.crl") : DemoCommand.CERTIFICATES;
                Path spool = files.in("a/spool");
                for (String name : names) {
                    Path whole =
                            Files.copy(
                                    files.in(name),
                                    spool.resolve("tmp").resolve(name),
                                    StandardCopyOption.REPLACE_EXISTING);
                    Files.move(whole, spool.resolve(kind).resolve(name));
                }
                await(
                        "authority a that loads " + kind,
                        () ->
                                names.stream()
                                        .noneMatch(
                                                name ->
                                                        Files.exists(
                                                                spool.resolve(kind)
                                                                        .resolve(name))));
            }
            progress("authority a has loaded four certificates and a CRL from its spool");
        }

        // Processes.

        private void start(Program program) throws IOException {
            long id = processes.start(program);
            progress(
                    "%s started, process %d, log %s.log"
                            .formatted(program.name(), id, program.name()));
        }

        private void tellEnded() {
            for (Ended ended : processes.ended()) {
                progress(
                        "%s ended with exit code %d; to start it again: touch %s.start"
                                .formatted(
                                        ended.program().name(),
                                        ended.code(),
                                        ended.program().name()));
            }
        }

        private void startRequested() throws IOException {
            for (Program program : programs()) {
                if (Files.deleteIfExists(files.in(program.name() + ".start"))
                        && !processes.isRunning(program)) {
                    start(program);
                }
            }
        }

        private StartupException failed(Ended ended) throws IOException {
            return new StartupException(
                    "%s ended with exit code %d; the end of its log: %s"
                            .formatted(
                                    ended.program().name(),
                                    ended.code(),
                                    processes.endOfLog(ended.program().name())),
                    null);
        }

        /// Waits while all processes run.
        private void await(String what, Condition condition)
                throws IOException, StartupException, InterruptedException, StoppedException {
            awaitAlone(
                    what,
                    () -> {
                        List<Ended> ended = processes.ended();
                        if (!ended.isEmpty()) {
                            throw new EndedException(ended.getFirst());
                        }
                        return condition.holds();
                    });
        }

        private void awaitAlone(String what, Condition condition)
                throws IOException, StartupException, InterruptedException, StoppedException {
            long limit = System.nanoTime() + START.toNanos();
            try {
                while (!condition.holds()) {
                    if (signals.awaitStop(PAUSE)) {
                        throw new StoppedException();
                    }
                    if (System.nanoTime() - limit > 0) {
                        throw new StartupException(
                                "no %s within %d s; the logs of all processes are in %s"
                                        .formatted(what, START.toSeconds(), files.directory()),
                                null);
                    }
                }
            } catch (EndedException e) {
                throw failed(e.ended);
            }
        }
    }

    /// A process ended that should run.
    private static final class EndedException extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient Ended ended;

        EndedException(Ended ended) {
            this.ended = ended;
        }
    }
}
