package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.admin.TestClientCa;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterLogs;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.kafka.ClusterTopic;
import org.precertocsp.responder.cluster.kafka.KafkaBrokers;
import org.precertocsp.responder.cluster.kafka.KafkaResponseLog;
import org.precertocsp.responder.cluster.responses.ResponseLog;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.metrics.MetricName;

/// An authority and an edge without a key, in one process: the log is in memory, misses go through
/// sockets.
@Timeout(180)
final class EdgeServerTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// S, the shortest that a configuration may have.
    private static final Duration STALE = Duration.ofSeconds(30);

    private static final int SUCCESSFUL = 0;
    private static final int TRY_LATER = 3;
    private static final int UNAUTHORIZED = 6;

    private static final Set<MetricName> OF_AUTHORITIES =
            Set.of(
                    MetricName.CLUSTER_EDGE_ANSWERS,
                    MetricName.CLUSTER_RESPONSES_PUBLISHED,
                    MetricName.CLUSTER_RESPONSES_WAITING,
                    MetricName.CLUSTER_SNAPSHOT_AGE,
                    MetricName.CLUSTER_ROWS_COMPARED,
                    MetricName.CLUSTER_ROWS_DIFFERING);

    @TempDir Path directory;

    private final KeyPair signer = TestCa.p256();
    private final TestCa ca = TestCa.root("CA");
    private final Map<String, RunningServer> running = new HashMap<>();
    private final int api = FreePort.next();
    private final int admin = FreePort.next();
    private TestClientCa clients;
    private ClusterLogs logs;
    private volatile boolean cut;
    private String presign = "asked";
    private Optional<KafkaBrokers> brokers = Optional.empty();

    @BeforeEach
    void prepare() throws Exception {
        TestCa.write(directory.resolve("ca.pem"), ca.holder());
        ca.writeSigner(directory, signer);
        clients = new TestClientCa(directory, "Clients");
        clients.client("edge");
        logs = new ClusterLogs("a", nodeKey("a").getPrivate());
        nodeKey("fra1");
    }

    /// @param maxStaleness much longer than changes may take to be effective, where they must be so
    ///   because the edge reports them
    private void configure(String maxStaleness) throws Exception {
        server(
                "a",
                maxStaleness,
                """
                admin:
                  listen: "127.0.0.1:0"
                  api:
                    listen: "127.0.0.1:%d"
                    certificate: ../server.pem
                    key: ../server.key
                    clients:
                      - {role: operator, ca: ../client-ca.pem, subject: "CN=operator,O=Example Trust,C=ZZ"}
                      - {role: edge, ca: ../client-ca.pem, subject: "CN=edge,O=Example Trust,C=ZZ"}
                issuers:
                  - name: one
                    certificates: [../ca.pem]
                    profile: private
                    presign: %s
                    responder: {certificate: ../signer.pem, key: {pem: {file: ../signer.key}}}
                cluster:
                  role: authority
                  name: a
                  key: ../a.node
                  edges: [{name: fra1, publicKey: ../fra1.pub}]
                  effectiveWait: 30s
                """
                        .formatted(api, presign));
        server(
                "fra1",
                maxStaleness,
                """
                admin: {listen: "127.0.0.1:%d"}
                answers: {cache: 0B}
                issuers:
                  - name: one
                    certificates: [../ca.pem]
                    profile: private
                cluster:
                  role: edge
                  name: fra1
                  key: ../fra1.node
                  client: {ca: ../client-ca.pem, certificate: ../edge.pem, privateKey: ../edge.key}
                """
                        .formatted(admin));
    }

    private KeyPair nodeKey(String name) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Files.writeString(
                directory.resolve(name + ".node"),
                TestCa.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        Files.writeString(
                directory.resolve(name + ".pub"),
                TestCa.pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        return pair;
    }

    private void server(String name, String maxStaleness, String part) throws Exception {
        Files.createDirectory(directory.resolve(name));
        Files.writeString(
                file(name),
                """
                store: {directory: store}
                http: {listen: ["127.0.0.1:0"]}
                %s  maxStaleness: %s
                  kafka: {bootstrap: '%s', prefix: edge-server}
                  authorities:
                    - {name: a, publicKey: ../a.pub, address: 'https://127.0.0.1:%d'}
                """
                        .formatted(
                                part,
                                maxStaleness,
                                brokers.map(it -> it.bootstrap().getFirst())
                                        .orElse("localhost:9092"),
                                api));
    }

    private Path file(String server) {
        return directory.resolve(server).resolve("precert-ocsp.yaml");
    }

    /// The log as a node reaches it, unless it is an edge that is cut off.
    private record Reachable(StatusLog log, EdgeServerTest test, boolean edge)
            implements StatusLog {
        @Override
        public void append(ByteString record) throws AppendInDoubtException, InterruptedException {
            if (edge && test.cut) {
                throw new AppendInDoubtException("cut off");
            }
            log.append(record);
        }

        @Override
        public Tail tail(long offset, Duration wait)
                throws LogUnavailableException, InterruptedException {
            if (edge && test.cut) {
                throw new LogUnavailableException("cut off");
            }
            return log.tail(offset, wait);
        }

        @Override
        public void close() {
            log.close();
        }
    }

    private void start(String name) throws Exception {
        ClusterPart.Logs inMemory =
                new ClusterPart.Logs() {
                    @Override
                    public StatusLog status(ClusterConfig config) {
                        return reachable(logs.status(), config);
                    }

                    @Override
                    public StatusLog reports(ClusterConfig config) {
                        return reachable(logs.reports(), config);
                    }

                    @Override
                    public ResponseLog responses(ClusterConfig config) {
                        return brokers.<ResponseLog>map(_ -> new KafkaResponseLog(config))
                                .orElseGet(logs::responses);
                    }
                };
        running.put(
                name, new Wiring(CLOCK, inMemory).launcher().start(ConfigReader.read(file(name))));
    }

    private StatusLog reachable(StatusLog log, ClusterConfig config) {
        return new Reachable(log, this, config.role() == ClusterConfig.Role.EDGE);
    }

    private void stop(String name) {
        RunningServer server = running.remove(name);
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void stopAll() {
        stop("fra1");
        stop("a");
    }

    private HttpResponse<String> post(String path, String type, String body) throws Exception {
        try (HttpClient http =
                HttpClient.newBuilder().sslContext(clients.client("operator").context()).build()) {
            return http.send(
                    HttpRequest.newBuilder(
                                    URI.create("https://127.0.0.1:%d/v1/%s".formatted(api, path)))
                            .header("Content-Type", type)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private void assign(int serial) throws Exception {
        HttpResponse<String> reply =
                post(
                        "certificates",
                        "application/x-pem-file",
                        TestCa.pem(
                                "CERTIFICATE",
                                TestCa.encoded(ca.precertificate(BigInteger.valueOf(serial)))));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body()).contains("\"effective\":true");
    }

    private void revoke(int serial) throws Exception {
        HttpResponse<String> reply =
                post(
                        "revocations",
                        "application/json",
                        """
                        {"issuer": "one", "serial": "%06x", "reason": "superseded"}"""
                                .formatted(serial));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body()).contains("\"effective\":true");
    }

    private InetSocketAddress edge() {
        return Objects.requireNonNull(running.get("fra1")).addresses().getFirst();
    }

    /// The edge's OCSPResponseStatus.
    private int outcome(int... serials) throws Exception {
        return response(new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1), serials).getStatus();
    }

    private OCSPResp response(AlgorithmIdentifier hash, int... serials) throws Exception {
        OCSPReqBuilder request = new OCSPReqBuilder();
        for (int serial : serials) {
            request.addRequest(
                    new CertificateID(
                            new JcaDigestCalculatorProviderBuilder().build().get(hash),
                            ca.holder(),
                            BigInteger.valueOf(serial)));
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            return new OCSPResp(
                    http.send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "http://127.0.0.1:%d/"
                                                                    .formatted(edge().getPort())))
                                            .header("Content-Type", "application/ocsp-request")
                                            .POST(
                                                    HttpRequest.BodyPublishers.ofByteArray(
                                                            request.build().getEncoded()))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofByteArray())
                            .body());
        }
    }

    /// A busy machine may answer a first request `tryLater`.
    private boolean isRevoked(int serial) throws Exception {
        await().atMost(PATIENCE).until(() -> outcome(serial) == SUCCESSFUL);
        return new OcspClient(edge(), signer.getPublic())
                .ask(directory.resolve("ca.pem"), Serial.of(BigInteger.valueOf(serial)))
                .revoked()
                .isPresent();
    }

    /// Of the form of the CertID that is signed in advance, which the others do not request.
    private boolean isRevokedInUsualForm(int serial) throws Exception {
        BasicOCSPResp basic =
                (BasicOCSPResp) response(CertificateID.HASH_SHA1, serial).getResponseObject();
        assertThat(
                        basic.isSignatureValid(
                                new JcaContentVerifierProviderBuilder().build(signer.getPublic())))
                .isTrue();
        return basic.getResponses()[0].getCertStatus() instanceof RevokedStatus;
    }

    private HttpResponse<String> admin(String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private void awaitReady() {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            HttpResponse<String> ready = admin("/readyz");
                            assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
                        });
    }

    /// 0x1001 is good and 0x1002 revoked, and the edge answers so.
    private void startWithBothStatuses() throws Exception {
        start("a");
        start("fra1");
        awaitReady();
        assign(0x1001);
        assign(0x1002);
        revoke(0x1002);
        assertThat(isRevoked(0x1001)).isFalse();
        assertThat(isRevoked(0x1002)).isTrue();
    }

    @Test
    void an_edge_answers_what_its_authority_was_told() throws Exception {
        configure("1h");
        start("a");
        start("fra1");
        awaitReady();

        assertThat(outcome(0x1001)).isEqualTo(UNAUTHORIZED);
        assign(0x1001);
        assertThat(isRevoked(0x1001)).isFalse();
        revoke(0x1001);
        assertThat(isRevoked(0x1001)).isTrue();

        String metrics = admin("/metrics").body();
        for (MetricName name : MetricName.values()) {
            if (name.isOfCluster() && !OF_AUTHORITIES.contains(name)) {
                assertThat(metrics).contains("\n" + name.shown());
            }
        }
        assertThat(metrics.lines())
                .contains(
                        "precertocsp_cluster_epoch 1.0",
                        "precertocsp_cluster_sequence 2.0",
                        "precertocsp_cluster_stopped 0.0",
                        "precertocsp_cluster_records_ignored_total{reason=\"forged\"} 0.0");
    }

    @Test
    void an_edge_that_is_cut_off_says_good_only_for_a_time_and_revoked_for_longer()
            throws Exception {
        configure("30s");
        startWithBothStatuses();

        cut = true;

        assertThat(outcome(0x1001)).isEqualTo(SUCCESSFUL);
        await().atMost(STALE.plus(PATIENCE))
                .untilAsserted(() -> assertThat(outcome(0x1001)).isEqualTo(TRY_LATER));
        assertThat(outcome(0x1003)).isEqualTo(TRY_LATER);
        assertThat(isRevoked(0x1002)).isTrue();
        HttpResponse<String> ready = admin("/readyz");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("cluster log", "cut off");

        cut = false;

        awaitReady();
        assertThat(isRevoked(0x1001)).isFalse();
    }

    @Test
    void an_edge_that_starts_says_nothing_good_before_it_has_caught_up() throws Exception {
        configure("1h");
        startWithBothStatuses();
        stop("fra1");
        cut = true;

        start("fra1");

        assertThat(admin("/readyz").statusCode()).isEqualTo(503);
        assertThat(outcome(0x1001)).isEqualTo(TRY_LATER);
        assertThat(outcome(0x1003)).isEqualTo(TRY_LATER);
        assertThat(isRevoked(0x1002)).isTrue();

        cut = false;

        awaitReady();
        assertThat(isRevoked(0x1001)).isFalse();
        assertThat(outcome(0x1003)).isEqualTo(UNAUTHORIZED);
    }

    private void awaitMetric(String line) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(admin("/metrics").body().lines()).contains(line));
    }

    private void answersWithoutAsking() throws Exception {
        presign = "all";
        configure("1h");
        start("a");
        start("fra1");
        awaitReady();

        assign(0x1001);
        awaitMetric("precertocsp_cluster_responses_received_total{result=\"stored\"} 1.0");
        assertThat(isRevokedInUsualForm(0x1001)).isFalse();
        revoke(0x1001);
        awaitMetric("precertocsp_cluster_responses_received_total{result=\"stored\"} 2.0");
        assertThat(isRevokedInUsualForm(0x1001)).isTrue();

        assertThat(admin("/metrics").body().lines())
                .contains(
                        "precertocsp_answer_layer_asked_total{layer=\"signer\"} 0.0",
                        "precertocsp_cluster_authority_replies_total{authority=\"a\"} 0.0",
                        "precertocsp_cluster_responses_ignored_total{reason=\"forged\"} 0.0");
    }

    @Test
    void an_edge_answers_without_asking_what_its_authority_signed_in_advance() throws Exception {
        answersWithoutAsking();
    }

    @Test
    void it_does_so_with_a_real_broker() throws Exception {
        KafkaBrokers broker = KafkaBrokers.single();
        broker.create(ClusterTopic.RESPONSES, "edge-server");
        brokers = Optional.of(broker);

        answersWithoutAsking();
    }

    @Test
    void an_edge_asks_as_ever_while_nobody_can_publish() throws Exception {
        presign = "all";
        configure("1h");
        logs.responsesAway(true);
        start("a");
        start("fra1");
        awaitReady();

        assign(0x1001);
        revoke(0x1001);
        assertThat(isRevoked(0x1001)).isTrue();
        assign(0x1002);
        assertThat(isRevoked(0x1002)).isFalse();
        logs.responsesAway(false);

        awaitMetric("precertocsp_cluster_responses_behind_records 0.0");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(admin("/metrics").body())
                                        .doesNotContain(
                                                "precertocsp_cluster_responses_received_total{result=\"not-newer\"}"
                                                        + " 0.0"));
        assertThat(isRevoked(0x1001)).isTrue();
    }

    @Test
    void several_certificates_in_one_request_need_a_key_and_disturb_nobody() throws Exception {
        configure("1h");
        startWithBothStatuses();

        for (int i = 0; i < 20; i++) {
            assertThat(outcome(0x1001, 0x1002)).isEqualTo(TRY_LATER);
        }

        assertThat(outcome(0x1001)).as("no breaker is open").isEqualTo(SUCCESSFUL);
        assertThat(isRevoked(0x1002)).isTrue();
    }
}
