package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.cli.StartupException;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterLogs;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.StatusLog.AppendInDoubtException;
import org.precertocsp.responder.cluster.responses.ResponseLog;
import org.precertocsp.responder.config.ConfigReader;
import picocli.CommandLine;

/// Two servers that are authorities of one cluster: one takes changes, both answer with them.
@Timeout(180)
final class ClusterServerTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// A serial that is in the encoding of its change, and of nothing else.
    private static final int LOST = 0x1bad5eed;

    @TempDir Path directory;

    private final KeyPair signer = TestCa.p256();
    private final TestCa ca = TestCa.root("CA");
    private final Map<String, Integer> apis = new HashMap<>();
    private final Map<String, RunningServer> running = new HashMap<>();
    private ClusterLogs logs;
    private volatile Appending beforeAppend = _ -> {};

    /// What happens before a record is appended.
    private interface Appending {
        void append(ByteString record) throws AppendInDoubtException, InterruptedException;
    }

    /// The log, after [#beforeAppend].
    private record Watched(StatusLog log, ClusterServerTest test) implements StatusLog {
        @Override
        public void append(ByteString record) throws AppendInDoubtException, InterruptedException {
            test.beforeAppend.append(record);
            log.append(record);
        }

        @Override
        public Tail tail(long offset, Duration wait)
                throws LogUnavailableException, InterruptedException {
            return log.tail(offset, wait);
        }

        @Override
        public void close() {
            log.close();
        }
    }

    @BeforeEach
    void configure() throws Exception {
        TestCa.write(directory.resolve("ca.pem"), ca.holder());
        TestCa.write(directory.resolve("signer.pem"), ca.delegate(signer));
        Files.writeString(
                directory.resolve("signer.key"),
                TestCa.pem("PRIVATE KEY", signer.getPrivate().getEncoded()));
        KeyPair first = nodeKey("a");
        nodeKey("b");
        logs = new ClusterLogs("a", first.getPrivate());
        server("a");
        server("b");
    }

    private KeyPair nodeKey(String name) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Files.writeString(
                directory.resolve(name + ".key"),
                TestCa.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        Files.writeString(
                directory.resolve(name + ".pub"),
                TestCa.pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        return pair;
    }

    private void server(String name) throws IOException {
        apis.put(name, FreePort.next());
        Files.createDirectory(directory.resolve(name));
        Files.writeString(
                file(name),
                """
                store: {directory: store}
                http: {listen: ["127.0.0.1:%d"]}
                admin: {listen: "127.0.0.1:0", api: {listen: "127.0.0.1:%d", plain: true, role: operator}}
                issuers:
                  - name: one
                    certificates: [../ca.pem]
                    profile: private
                    responder: {certificate: ../signer.pem, key: {pem: {file: ../signer.key}}}
                cluster:
                  role: authority
                  name: %s
                  key: ../%s.key
                  kafka: {bootstrap: 'localhost:9092'}
                  authorities:
                    - {name: a, publicKey: ../a.pub, address: 'https://a.example:8443'}
                    - {name: b, publicKey: ../b.pub, address: 'https://b.example:8443'}
                """
                        .formatted(FreePort.next(), apis.get(name), name, name));
    }

    private Path file(String server) {
        return directory.resolve(server).resolve("precert-ocsp.yaml");
    }

    private void start(String name) throws Exception {
        ClusterPart.Logs inMemory =
                new ClusterPart.Logs() {
                    @Override
                    public StatusLog status(ClusterConfig config) {
                        return new Watched(logs.status(), ClusterServerTest.this);
                    }

                    @Override
                    public StatusLog reports(ClusterConfig config) {
                        return logs.reports();
                    }

                    @Override
                    public ResponseLog responses(ClusterConfig config) {
                        return logs.responses();
                    }
                };
        running.put(
                name, new Wiring(CLOCK, inMemory).launcher().start(ConfigReader.read(file(name))));
    }

    private void stop(String name) {
        RunningServer server = running.remove(name);
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void stopAll() {
        stop("a");
        stop("b");
    }

    private HttpResponse<String> post(String server, String path, String json) throws Exception {
        return post(server, path, "application/json", json);
    }

    private HttpResponse<String> post(String server, String path, String type, String body)
            throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:%d/v1/%s"
                                                    .formatted(apis.get(server), path)))
                            .header("Content-Type", type)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private HttpResponse<String> get(String server, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:%d/v1/%s"
                                                    .formatted(apis.get(server), path)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private HttpResponse<String> revoke(String server, int serial) throws Exception {
        return post(
                server,
                "revocations",
                """
                {"issuer": "one", "serial": "%06x", "reason": "superseded", "unknownSerial": true}"""
                        .formatted(serial));
    }

    private boolean isRevoked(String server, int serial) throws Exception {
        RunningServer asked = Objects.requireNonNull(running.get(server));
        return new OcspClient(asked.addresses().getFirst(), signer.getPublic())
                .ask(directory.resolve("ca.pem"), Serial.of(BigInteger.valueOf(serial)))
                .revoked()
                .isPresent();
    }

    @Test
    void one_takes_changes_both_answer_and_the_other_takes_over() throws Exception {
        start("a");
        start("b");

        HttpResponse<String> reply = revoke("a", 0x1001);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body()).contains("\"sequence\":1", "\"effective\":true");

        assertThat(isRevoked("a", 0x1001)).isTrue();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(isRevoked("b", 0x1001)).isTrue());
        HttpResponse<String> refused = revoke("b", 0x1002);
        assertThat(refused.statusCode()).isEqualTo(421);
        assertThat(refused.body()).contains("https://a.example:8443");

        stop("a");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(revoke("b", 0x1003).statusCode()).isEqualTo(200));
        start("a");

        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(isRevoked("a", 0x1003)).isTrue());
        assertThat(revoke("a", 0x1004).body()).contains("https://b.example:8443");
    }

    @Test
    void a_standby_takes_no_file_and_names_the_authority_that_does() throws Exception {
        start("a");
        start("b");
        String row = "serial_decimal,status,not_after\n4097,good,2035-01-01T00:00:00Z\n";

        HttpResponse<String> refused = post("b", "loads/csv?issuer=one", "text/csv", row);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(421);
        assertThat(refused.body()).contains("https://a.example:8443");
        HttpResponse<String> taken = post("a", "loads/csv?issuer=one", "text/csv", row);
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(isRevoked("b", 0x1001)).isFalse());
    }

    @Test
    void a_standby_takes_over_when_an_operator_orders_it_and_says_why_if_not() throws Exception {
        start("a");
        start("b");
        assertThat(revoke("a", 0x1001).statusCode()).isEqualTo(200);

        Ended active = claim("a");
        assertThat(active.exitCode()).isEqualTo(1);
        assertThat(active.text()).contains("takes changes already, in epoch 1");
        Ended ended = claim("b");
        assertThat(ended.text()).isEqualTo("authority b takes changes, in epoch 2\n");
        assertThat(ended.exitCode()).isZero();

        assertThat(revoke("b", 0x1002).statusCode()).isEqualTo(200);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(revoke("a", 0x1003).statusCode()).isEqualTo(421));
        stop("b");
        Ended none = claim("b");
        assertThat(none.exitCode()).isEqualTo(3);
        assertThat(none.text()).contains("no authority runs with this configuration");
        assertThat(audited("b")).contains("CLUSTER_CLAIM", "\"holder\":\"a\"");
        assertThat(audited("a")).doesNotContain("CLUSTER_CLAIM");
    }

    @Test
    void only_the_authority_that_takes_changes_reads_its_spool() throws Exception {
        start("a");
        start("b");
        deliver("a", 0x1001);
        deliver("b", 0x1002);
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(isRevoked("b", 0x1001)).isTrue());
        assertThat(waits("b", 0x1002)).isTrue();

        assertThat(claim("b").exitCode()).isZero();
        await().atMost(PATIENCE).until(() -> !waits("b", 0x1002));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(revoke("a", 0x1003).statusCode()).isEqualTo(421));
        deliver("a", 0x1004);

        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(isRevoked("a", 0x1002)).isTrue());
        assertThat(waits("a", 0x1004)).isTrue();
    }

    private Path waiting(String server, int serial) {
        return directory
                .resolve(server)
                .resolve("store-spool/index/one/%06x.txt".formatted(serial));
    }

    private boolean waits(String server, int serial) {
        return Files.exists(waiting(server, serial));
    }

    private void deliver(String server, int serial) throws IOException {
        Path file = waiting(server, serial);
        Path complete = Files.createTempFile(directory.resolve(server), "row", ".txt");
        Files.writeString(
                complete,
                "R\t350101000000Z\t260101000000Z,superseded\t%06x\tunknown\t/CN=x\n"
                        .formatted(serial));
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.move(complete, file);
    }

    private String audited(String server) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory.resolve(server).resolve("audit"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }

    /// @param text standard output, and after it standard error
    private record Ended(int exitCode, String text) {}

    private Ended claim(String server) {
        return execute("cluster", "claim", "-c", file(server).toString());
    }

    private static Ended execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine(CLOCK);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int exitCode = line.execute(arguments);
        return new Ended(exitCode, out + err.toString());
    }

    @Test
    void an_authority_goes_on_after_a_restart_with_its_audit_log() throws Exception {
        start("a");
        assertThat(revoke("a", 0x1001).statusCode()).isEqualTo(200);
        stop("a");

        start("a");

        assertThat(isRevoked("a", 0x1001)).isTrue();
        assertThat(revoke("a", 0x1002).statusCode()).isEqualTo(200);
    }

    /// Its audit log has recorded the change by then.
    @Test
    void a_change_never_takes_effect_if_its_authority_dies_before_the_log_has_it()
            throws Exception {
        start("a");
        assertThat(revoke("a", 0x1001).statusCode()).isEqualTo(200);
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        beforeAppend =
                record -> {
                    // Neither a beat nor a claim.
                    if (record.toHex().contains(Integer.toHexString(LOST))) {
                        reached.countDown();
                        over.await();
                        throw new AppendInDoubtException("cut off");
                    }
                };
        Path killed = directory.resolve("killed");
        try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> reply = client.submit(() -> revoke("a", LOST));
            reached.await();
            copy(directory.resolve("a"), killed);
            over.countDown();
            assertThat(reply.get().statusCode()).isEqualTo(503);
        }
        beforeAppend = _ -> {};
        stop("a");
        Files.move(directory.resolve("a"), directory.resolve("later"));
        Files.move(killed, directory.resolve("a"));

        start("a");

        assertThat(isRevoked("a", 0x1001)).isTrue();
        assertThat(get("a", "issuers/one/serials/" + Integer.toHexString(LOST)).body())
                .contains("\"unassigned\"");
        assertThat(revoke("a", LOST).statusCode()).isEqualTo(200);
        start("b");
        assertThat(isRevoked("b", LOST)).isTrue();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("LOCK")) {
                    Files.copy(file, to.resolve(from.relativize(file)));
                }
            }
        }
    }

    @Test
    void a_change_that_an_edge_may_not_have_is_acknowledged_with_a_place_to_ask() throws Exception {
        nodeKey("fra1");
        Files.writeString(
                file("a"),
                Files.readString(file("a"))
                        + "  edges: [{name: fra1, publicKey: ../fra1.pub}]\n"
                        + "  effectiveWait: 1s\n");
        start("a");

        HttpResponse<String> reply = revoke("a", 0x1001);

        assertThat(reply.statusCode()).isEqualTo(202);
        assertThat(reply.headers().firstValue("Location")).contains("/v1/changes/1");
        assertThat(reply.body()).contains("\"sequence\":1", "\"effective\":false");
        assertThat(get("a", "changes/1").body()).contains("\"effective\":false");
        assertThat(get("a", "changes/2").statusCode()).isEqualTo(404);
        assertThat(isRevoked("a", 0x1001)).isTrue();
        HttpResponse<String> durable =
                post(
                        "a",
                        "revocations?until=durable",
                        "{\"issuer\": \"one\", \"serial\": \"1002\", \"reason\": \"superseded\","
                                + " \"unknownSerial\": true}");
        assertThat(durable.statusCode()).isEqualTo(200);
        assertThat(durable.body()).contains("\"effective\":false");
    }

    @Test
    void an_edge_is_added_and_retired_by_a_reload() throws Exception {
        nodeKey("fra1");
        start("a");
        String without = Files.readString(file("a"));
        Files.writeString(file("a"), without + "  edges: [{name: fra1, publicKey: ../fra1.pub}]\n");

        assertThat(reload("a"))
                .contains("reloaded: the roster of edges: edge fra1 is added")
                .doesNotContain("needs a restart");
        HttpResponse<String> waits = revoke("a", 0x1001);
        assertThat(waits.statusCode()).isEqualTo(202);
        Files.writeString(file("a"), without);
        assertThat(reload("a"))
                .contains("reloaded: the roster of edges: edge fra1 is retired\n")
                .doesNotContain("needs a restart");

        assertThat(revoke("a", 0x1002).statusCode()).as("it never had a lease").isEqualTo(200);
    }

    private String reload(String server) {
        return execute("reload", "-c", file(server).toString()).text();
    }

    @Test
    void a_store_of_a_single_node_does_not_become_an_authoritys() throws Exception {
        Path row = directory.resolve("row.txt");
        Files.writeString(
                row, "R\t350101000000Z\t260101000000Z,superseded\t1001\tunknown\t/CN=x\n");
        String node = Files.readString(file("a"));
        Files.writeString(file("a"), node.substring(0, node.indexOf("cluster:")));
        Ended loaded =
                execute(
                        "load",
                        "index",
                        "-c",
                        file("a").toString(),
                        "--issuer",
                        directory.resolve("ca.pem").toString(),
                        row.toString());
        assertThat(loaded.exitCode()).as(loaded.text()).isZero();
        Files.writeString(file("a"), node);

        assertThatThrownBy(() -> start("a"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("the store has statuses of a single node");
    }

    @Test
    void no_command_changes_the_store_of_a_node() throws Exception {
        start("a");
        assertThat(revoke("a", 0x1001).statusCode()).isEqualTo(200);
        stop("a");
        Path csv = directory.resolve("rows.csv");
        Files.writeString(csv, "serial_decimal,status,not_after\n1,good,2035-01-01T00:00:00Z\n");

        String issuer = directory.resolve("ca.pem").toString();
        String config = file("a").toString();
        assertThat(run("load", "csv", "-c", config, "--issuer", issuer, csv.toString()))
                .contains("node a of a cluster");
        assertThat(run("audit", "replay", "-c", config)).contains("node a of a cluster");
    }

    @Test
    void commands_write_and_verify_snapshots_whether_the_server_runs_or_not() throws Exception {
        String config = file("a").toString();
        start("a");
        assertThat(revoke("a", 0x1001).statusCode()).isEqualTo(200);
        Path snapshots = directory.resolve("a/store-snapshots");
        // The first one is written when there is something to write.
        await().atMost(PATIENCE).until(() -> Files.exists(snapshots.resolve("index.txt")));
        assertThat(revoke("a", 0x1002).statusCode()).isEqualTo(200);

        // Names have seconds.
        await().atMost(PATIENCE)
                .until(() -> executed("cluster", "snapshot", "-c", config, "--no-progress") == 0);
        stop("a");
        await().atMost(PATIENCE)
                .until(() -> executed("cluster", "snapshot", "-c", config, "--no-progress") == 0);

        String[] names =
                Files.readString(snapshots.resolve("index.txt")).lines().toArray(String[]::new);
        assertThat(names).hasSize(3);
        assertThat(
                        executed(
                                "cluster",
                                "verify",
                                "-c",
                                config,
                                snapshots.resolve(names[0]).toString()))
                .isZero();
        Path file = snapshots.resolve(names[0]).resolve("manifest.json");
        assertThat(Files.readString(file)).contains("\"sequence\" : 2", "\"authority\" : \"a\"");
        Files.writeString(
                file, Files.readString(file).replace("\"sequence\" : 2", "\"sequence\" : 3"));
        assertThat(
                        run(
                                "cluster",
                                "verify",
                                "-c",
                                config,
                                snapshots.resolve(names[1]).toString(),
                                snapshots.resolve(names[0]).toString()))
                .contains("ok: ", "problem: ", "its signature does not verify");
    }

    private static int executed(String... arguments) {
        return execute(arguments).exitCode();
    }

    private static String run(String... arguments) {
        Ended ended = execute(arguments);
        assertThat(ended.exitCode()).isNotZero();
        return ended.text();
    }
}
