package org.precertocsp.responder.campaign;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.awaitility.Awaitility;
import org.precertocsp.TestCa;
import org.precertocsp.responder.admin.ClientTls;
import org.precertocsp.responder.campaign.VirtualNetwork.Host;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.kafka.KafkaBrokers;

/// Three brokers, two authorities and three edges, each a process in a network namespace of its
/// own, and what a client needs to talk to them.
final class CampaignCluster implements AutoCloseable {
    /// *S*: the shortest that a configuration may have.
    static final Duration STALE = Duration.ofSeconds(30);

    static final List<String> AUTHORITIES = List.of("a", "b");
    static final List<String> EDGES = List.of("fra1", "iad1", "sin1");
    static final List<Integer> BROKERS = List.of(1, 2, 3);

    /// The broker and the edge whose disks are small and can be filled.
    static final int SMALL_BROKER = 3;

    static final String SMALL_EDGE = "sin1";

    private static final String PREFIX = "lab";
    private static final int OCSP_PORT = 8080;
    private static final int ADMIN_PORT = 9080;
    private static final int API_PORT = 8443;
    private static final String OPTIONS = "-Xmx96m -Xmn16m -Xss512k -XX:TieredStopAtLevel=1";
    private static final String SMALL_DISK = "160m";
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration REQUEST = Duration.ofSeconds(2);

    private final Path folder;
    private final List<String> program;
    private final Host client;
    private final Map<String, Host> hosts;
    private final VirtualNetwork network;
    private final TestCa tlsCa = TestCa.root("Lab");
    private final TestCa ca = TestCa.root("CA");
    private final PublicKey signer;
    private final KafkaBrokers brokers;
    private final Map<String, Process> running = new HashMap<>();
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(REQUEST).build();

    /// @param folder for files and logs; must exist
    /// @param program the words that run precert-ocsp
    CampaignCluster(Path folder, List<String> program) throws Exception {
        this.folder = folder;
        this.program = program;
        List<Host> all = new ArrayList<>();
        client = new Host("client", 1);
        all.add(client);
        for (String name :
                Stream.concat(BROKERS.stream().map(CampaignCluster::broker), nodes().stream())
                        .toList()) {
            all.add(new Host(name, all.size() + 1));
        }
        hosts = all.stream().collect(Collectors.toMap(Host::name, host -> host));
        network = new VirtualNetwork(all);
        mountSmall(folder.resolve("broker-" + SMALL_BROKER).resolve("data"));
        TestCa.write(folder.resolve("ca.pem"), ca.holder());
        KeyPair signing = TestCa.p256();
        ca.writeSigner(folder, signing);
        signer = signing.getPublic();
        brokers =
                KafkaBrokers.startSecured(
                        folder,
                        tlsCa,
                        BROKERS.stream()
                                .map(
                                        id ->
                                                new KafkaBrokers.Place(
                                                        host(broker(id)).address(),
                                                        9092,
                                                        9093,
                                                        VirtualNetwork.on(host(broker(id)))))
                                .toList(),
                        "log.index.size.max.bytes=262144",
                        "metadata.log.segment.bytes=8388608");
    }

    /// Authorities and edges.
    static List<String> nodes() {
        return Stream.concat(AUTHORITIES.stream(), EDGES.stream()).toList();
    }

    static String broker(int id) {
        return "k" + id;
    }

    Host host(String name) {
        return Objects.requireNonNull(hosts.get(name), name);
    }

    VirtualNetwork network() {
        return network;
    }

    KafkaBrokers brokers() {
        return brokers;
    }

    TestCa ca() {
        return ca;
    }

    PublicKey signer() {
        return signer;
    }

    Path folder() {
        return folder;
    }

    Path directory(String node) {
        return folder.resolve(node);
    }

    private static void mountSmall(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        run("mount", "-t", "tmpfs", "-o", "size=" + SMALL_DISK, "lab", directory.toString());
    }

    static void run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("%s: %s".formatted(String.join(" ", words), output));
        }
    }

    // Configurations.

    /// Writes the nodes' files, creates the topics, and starts all nodes.
    void startAll() throws Exception {
        for (String name : AUTHORITIES) {
            key(name);
        }
        for (String name : EDGES) {
            key(name);
        }
        for (String name : AUTHORITIES) {
            configureAuthority(name, "asked");
        }
        mountSmall(directory(SMALL_EDGE).resolve("store"));
        for (String name : EDGES) {
            configure(name, edge(name));
        }
        init();
        for (String name : AUTHORITIES) {
            start(name);
        }
        for (String name : EDGES) {
            start(name);
        }
    }

    private void key(String name) throws GeneralSecurityException, IOException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Files.writeString(
                folder.resolve(name + ".node"),
                TestCa.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        Files.writeString(
                folder.resolve(name + ".pub"),
                TestCa.pem("PUBLIC KEY", pair.getPublic().getEncoded()));
    }

    /// Files of a TLS client or server.
    ClusterConfig.Tls tls(String name) throws IOException {
        return KafkaBrokers.tls(
                folder, name, tlsCa, tlsCa, List.of(hosts.getOrDefault(name, client).address()));
    }

    /// @param presign what is signed in advance, for its next start
    void configureAuthority(String name, String presign) throws IOException {
        configure(name, authority(name, presign));
    }

    private String authority(String name, String presign) throws IOException {
        ClusterConfig.Tls tls = tls(name);
        return """
        admin:
          listen: "0.0.0.0:%d"
          api:
            listen: "0.0.0.0:%d"
            certificate: %s
            key: %s
            clients:
              - {role: operator, ca: %s, subject: "CN=operator"}
        %s
        issuers:
          - name: one
            certificates: [../ca.pem]
            profile: private
            presign: %s
            responder: {certificate: ../signer.pem, key: {pem: {file: ../signer.key}}}
        cluster:
          role: authority
          name: %s
          edges:
        %s
          effectiveWait: 2s
        """
                .formatted(
                        ADMIN_PORT,
                        API_PORT,
                        tls.certificate(),
                        tls.privateKey(),
                        tls.ca(),
                        EDGES.stream()
                                .map(
                                        edge ->
                                                "      - {role: edge, ca: %s, subject: \"CN=%s\"}"
                                                        .formatted(tls.ca(), edge))
                                .collect(Collectors.joining("\n")),
                        presign,
                        name,
                        EDGES.stream()
                                .map(
                                        edge ->
                                                "    - {name: %1$s, publicKey: ../%1$s.pub}"
                                                        .formatted(edge))
                                .collect(Collectors.joining("\n")));
    }

    private String edge(String name) throws IOException {
        ClusterConfig.Tls tls = tls(name);
        return """
        admin: {listen: "0.0.0.0:%d"}
        issuers:
          - name: one
            certificates: [../ca.pem]
            profile: private
        cluster:
          role: edge
          name: %s
          client: {ca: %s, certificate: %s, privateKey: %s}
        """
                .formatted(ADMIN_PORT, name, tls.ca(), tls.certificate(), tls.privateKey());
    }

    private void configure(String name, String part) throws IOException {
        Files.createDirectories(directory(name));
        ClusterConfig.Kafka kafka = brokers.kafka(PREFIX, name);
        ClusterConfig.Tls tls = kafka.tls().orElseThrow();
        Files.writeString(
                config(name),
                """
                store: {directory: store, cache: 8MB}
                http: {listen: ["0.0.0.0:%d"]}
                answers: {cache: 4MB}
                %s  key: ../%s.node
                  maxStaleness: %ds
                  kafka: {bootstrap: [%s], prefix: %s, ca: %s, certificate: %s, privateKey: %s}
                  authorities:
                %s
                """
                        .formatted(
                                OCSP_PORT,
                                part,
                                name,
                                STALE.toSeconds(),
                                kafka.bootstrap().stream()
                                        .map("\"%s\""::formatted)
                                        .collect(Collectors.joining(", ")),
                                PREFIX,
                                tls.ca(),
                                tls.certificate(),
                                tls.privateKey(),
                                AUTHORITIES.stream()
                                        .map(
                                                it ->
                                                        "    - {name: %1$s, publicKey: ../%1$s.pub, address: \"%2$s\"}"
                                                                .formatted(it, api(it)))
                                        .collect(Collectors.joining("\n"))));
    }

    Path config(String name) {
        return directory(name).resolve("precert-ocsp.yaml");
    }

    ClusterConfig.Kafka kafka(String user) {
        return brokers.kafka(PREFIX, user);
    }

    /// Topics as `cluster init` makes them, and the rights that nodes need.
    private void init() throws Exception {
        allow();
        List<String> words = new ArrayList<>(VirtualNetwork.on(host("a")));
        words.addAll(program);
        words.addAll(List.of("cluster", "init", "-c", config("a").toString()));
        // Brokers that have just started may still elect.
        Awaitility.await()
                .atMost(START)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(
                        () -> {
                            run(words.toArray(String[]::new));
                            return true;
                        });
    }

    private void allow() throws Exception {
        ClusterConfig.Kafka kafka = kafka("admin");
        List<AclBinding> rights = new ArrayList<>();
        for (String name : AUTHORITIES) {
            for (String topic :
                    List.of(kafka.statusTopic(), kafka.responsesTopic(), kafka.reportsTopic())) {
                rights.addAll(
                        KafkaBrokers.allow(name, topic, AclOperation.READ, AclOperation.WRITE));
            }
            rights.addAll(KafkaBrokers.allow(name, kafka.statusTopic(), AclOperation.CREATE));
            rights.addAll(KafkaBrokers.allow(name, kafka.responsesTopic(), AclOperation.CREATE));
            rights.addAll(KafkaBrokers.allow(name, kafka.reportsTopic(), AclOperation.CREATE));
        }
        for (String name : EDGES) {
            rights.addAll(KafkaBrokers.allow(name, kafka.statusTopic(), AclOperation.READ));
            rights.addAll(KafkaBrokers.allow(name, kafka.responsesTopic(), AclOperation.READ));
            rights.addAll(KafkaBrokers.allow(name, kafka.reportsTopic(), AclOperation.WRITE));
        }
        try (Admin admin = Admin.create(clientProperties("admin"))) {
            admin.createAcls(rights).all().get();
        }
    }

    /// Of a Kafka client; `admin` has all rights.
    Map<String, Object> clientProperties(String user) throws IOException {
        ClusterConfig.Kafka kafka = kafka(user);
        ClusterConfig.Tls tls = kafka.tls().orElseThrow();
        return Map.of(
                "bootstrap.servers",
                String.join(",", kafka.bootstrap()),
                "security.protocol",
                "SSL",
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.certificates",
                Files.readString(tls.ca()),
                "ssl.keystore.type",
                "PEM",
                "ssl.keystore.certificate.chain",
                Files.readString(tls.certificate()),
                "ssl.keystore.key",
                Files.readString(tls.privateKey()));
    }

    // Processes.

    /// Starts a node, and does not wait.
    void start(String name) throws IOException {
        List<String> words = new ArrayList<>(VirtualNetwork.on(host(name)));
        words.addAll(program);
        words.addAll(List.of("serve", "-c", config(name).toString()));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().put("PRECERT_OCSP_JAVA_OPTS", OPTIONS);
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
        running.put(name, builder.start());
    }

    /// As `kill -9` does.
    void kill(String name) {
        Process process = running.remove(name);
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /// As `systemctl stop` does.
    void stop(String name) throws InterruptedException {
        Process process = running.remove(name);
        if (process != null) {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.onExit().join();
                throw new IllegalStateException(name + " did not end within a minute");
            }
        }
    }

    boolean isRunning(String name) {
        Process process = running.get(name);
        return process != null && process.isAlive();
    }

    /// @param signal such as `STOP`
    void signal(String name, String signal) throws IOException, InterruptedException {
        Process process = running.get(name);
        if (process != null) {
            run("kill", "-" + signal, Long.toString(process.pid()));
        }
    }

    /// Waits until all nodes say that they are ready.
    void awaitReady() {
        for (String name : nodes()) {
            awaitReady(name, START);
        }
    }

    void awaitReady(String name, Duration atMost) {
        Awaitility.await()
                .alias(name + " is ready")
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(
                        () -> {
                            if (!isRunning(name)) {
                                throw new IllegalStateException(
                                        name + " has ended: see " + directory(name));
                            }
                            Optional<HttpResponse<String>> reply = admin(name, "/readyz");
                            if (reply.isEmpty() || reply.get().statusCode() != 200) {
                                throw new AssertionError(
                                        reply.map(HttpResponse::body).orElse("no answer"));
                            }
                        });
    }

    // Talking to nodes.

    URI ocsp(String name) {
        return URI.create("http://%s:%d/".formatted(host(name).address(), OCSP_PORT));
    }

    URI api(String name) {
        return URI.create("https://%s:%d".formatted(host(name).address(), API_PORT));
    }

    boolean isReady(String name) {
        return admin(name, "/readyz").filter(reply -> reply.statusCode() == 200).isPresent();
    }

    /// What a node has printed.
    Path log(String name) {
        return directory(name).resolve("serve.log");
    }

    /// Empty if it does not answer.
    Optional<HttpResponse<String>> admin(String name, String path) {
        try {
            return Optional.of(
                    http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://%s:%d%s"
                                                            .formatted(
                                                                    host(name).address(),
                                                                    ADMIN_PORT,
                                                                    path)))
                                    .timeout(REQUEST)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString()));
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /// A value of `/metrics`, or empty if the node does not answer or has none.
    Optional<Double> metric(String name, String series) {
        return admin(name, "/metrics")
                .flatMap(
                        reply ->
                                reply.body()
                                        .lines()
                                        .filter(line -> line.startsWith(series + " "))
                                        .findFirst())
                .map(CampaignCluster::value);
    }

    /// The sum over all labels; 0 if the node does not answer.
    double total(String name, String family) {
        return admin(name, "/metrics").stream()
                .flatMap(reply -> reply.body().lines())
                .filter(line -> line.startsWith(family + "{"))
                .mapToDouble(CampaignCluster::value)
                .sum();
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    /// Of a node that runs, since it was started.
    Duration processorTime(String name) {
        return Objects.requireNonNull(running.get(name), name)
                .info()
                .totalCpuDuration()
                .orElseThrow();
    }

    /// TLS of a client of the API, with the role of an operator.
    SSLContext operator() throws Exception {
        ClusterConfig.Tls files = tls("operator");
        return new ClientTls(Optional.of(files.ca()), files.certificate(), files.privateKey())
                .context();
    }

    // Disks.

    private Path smallDisk(String name) {
        return name.equals(SMALL_EDGE)
                ? directory(SMALL_EDGE).resolve("store")
                : folder.resolve("broker-" + SMALL_BROKER).resolve("data");
    }

    /// Fills the disk of [#SMALL_EDGE] or [#SMALL_BROKER].
    void fill(String name) throws IOException {
        Path filler = smallDisk(name).resolve("filler");
        byte[] block = new byte[1 << 16];
        try (var out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException _) {
            // It is full.
        }
    }

    void free(String name) throws IOException {
        Files.deleteIfExists(smallDisk(name).resolve("filler"));
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::kill);
        brokers.close();
        network.close();
        http.close();
    }

    /// The broker that leads the status log.
    int leader() {
        return brokers.leader(PREFIX);
    }

    /// Of the names of topics.
    String prefix() {
        return PREFIX;
    }
}
