package org.precertocsp.responder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.responder.cluster.ClusterConfig;
import org.precertocsp.responder.cluster.ClusterConfig.AuthorityNode;
import org.precertocsp.responder.cluster.ClusterConfig.EdgeNode;
import org.precertocsp.responder.cluster.ClusterConfig.Kafka;
import org.precertocsp.responder.cluster.ClusterConfig.Role;
import org.precertocsp.responder.cluster.ClusterConfig.Snapshots;
import org.precertocsp.responder.cluster.ClusterConfig.Snapshots.Location;
import org.precertocsp.responder.cluster.ClusterConfig.Takeover;
import org.precertocsp.responder.cluster.ClusterConfig.Tls;
import org.precertocsp.responder.cluster.ClusterKeys;

/// A node's part in a cluster as the configuration tells it.
final class ClusterConfigReaderTest {
    private static final String A =
            "authorities: [{name: a, publicKey: a.pub, address: 'https://a.example:8443'}]";
    private static final String EDGE =
            "role: edge, name: fra1, key: key.pem, client: {ca: alpha.pem, certificate: chain.pem,"
                    + " privateKey: key.pem}, "
                    + A;
    private static final String AUTHORITY = "role: authority, name: a, key: key.pem, " + A;
    private static final String LOCAL = "kafka: {bootstrap: 'localhost:9092'}";
    private static final String TLS =
            "kafka: {bootstrap: ['k1.example:9093', 'k2.example:9093'], ca: alpha.pem,"
                    + " certificate: chain.pem, privateKey: key.pem";

    @TempDir static Path folder;

    private static ConfigFiles files;

    @BeforeAll
    static void make_files() throws IOException {
        files = new ConfigFiles(folder);
    }

    private static Optional<ClusterConfig> read(String cluster)
            throws IOException, ConfigException {
        return files.read(ConfigFiles.SMALLEST + cluster).cluster();
    }

    private static ClusterConfig cluster(String keys) throws IOException, ConfigException {
        return read("cluster: {" + keys + "}").orElseThrow();
    }

    @Test
    void without_the_section_there_is_no_cluster() throws IOException, ConfigException {
        assertThat(read("")).isEmpty();
    }

    @Test
    void an_authority_needs_its_key_its_brokers_and_the_authorities()
            throws IOException, ConfigException {
        assertThat(cluster(AUTHORITY + ", " + LOCAL))
                .isEqualTo(
                        new ClusterConfig(
                                Role.AUTHORITY,
                                "a",
                                folder.resolve("key.pem"),
                                new Kafka(
                                        List.of("localhost:9092"),
                                        Optional.empty(),
                                        "precert",
                                        Optional.empty()),
                                List.of(a()),
                                List.of(),
                                Duration.ofMinutes(15),
                                Duration.ofSeconds(5),
                                Takeover.AUTO,
                                Optional.of(
                                        new Snapshots(
                                                new Location.Directory(
                                                        folder.resolve("store-snapshots")),
                                                Duration.ofDays(1),
                                                3)),
                                Optional.empty()));
    }

    @Test
    void every_key_is_read() throws IOException, ConfigException {
        assertThat(
                        cluster(
                                AUTHORITY
                                        + ", edges: [{name: fra1, publicKey: fra1.pub}], "
                                        + TLS
                                        + ", prefix: ocsp, rack: fra}, maxStaleness: 30s,"
                                        + " effectiveWait: 0s, takeover: manual,"
                                        + " snapshots: {directory: copies, every: 12h, keep: 1}"))
                .isEqualTo(
                        new ClusterConfig(
                                Role.AUTHORITY,
                                "a",
                                folder.resolve("key.pem"),
                                new Kafka(
                                        List.of("k1.example:9093", "k2.example:9093"),
                                        Optional.of(
                                                new Tls(
                                                        folder.resolve("alpha.pem"),
                                                        folder.resolve("chain.pem"),
                                                        folder.resolve("key.pem"))),
                                        "ocsp",
                                        Optional.of("fra")),
                                List.of(a()),
                                List.of(
                                        new EdgeNode(
                                                "fra1",
                                                ClusterKeys.readPublic(
                                                        folder.resolve("fra1.pub")))),
                                Duration.ofSeconds(30),
                                Duration.ZERO,
                                Takeover.MANUAL,
                                Optional.of(
                                        new Snapshots(
                                                new Location.Directory(folder.resolve("copies")),
                                                Duration.ofHours(12),
                                                1)),
                                Optional.empty()));
    }

    private static AuthorityNode a() throws IOException {
        return new AuthorityNode(
                "a",
                ClusterKeys.readPublic(folder.resolve("a.pub")),
                URI.create("https://a.example:8443"));
    }

    @Test
    void an_edge_begins_from_snapshots_where_it_is_told() throws IOException, ConfigException {
        String edge = EDGE + ", " + LOCAL;

        assertThat(cluster(edge).snapshots()).isEmpty();
        assertThat(cluster(edge + ", snapshots: {directory: copies}").snapshots())
                .map(Snapshots::location)
                .contains(new Location.Directory(folder.resolve("copies")));
        assertThat(cluster(edge + ", snapshots: {url: 'https://s.example/x/'}").snapshots())
                .map(Snapshots::location)
                .contains(new Location.Web(URI.create("https://s.example/x/")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:9092", "[::1]:9092", "localhost:9092"})
    void plain_text_is_for_brokers_on_this_machine(String broker)
            throws IOException, ConfigException {
        assertThat(cluster(EDGE + ", kafka: {bootstrap: ['" + broker + "']}").kafka().bootstrap())
                .containsExactly(broker);
    }

    @Test
    void an_edge_with_a_key_for_answers_is_refused() {
        assertThat(
                        problems(
                                ConfigFiles.RESPONDER
                                        + "        pem: {file: key.pem}\ncluster: {"
                                        + EDGE
                                        + ", "
                                        + LOCAL
                                        + "}"))
                .singleElement()
                .satisfies(
                        problem -> {
                            assertThat(problem.line()).isEqualTo(8);
                            assertThat(problem.path()).isEqualTo("issuers[0].responder");
                            assertThat(problem.message()).contains("which an edge must not have");
                        });
    }

    @Test
    void an_edge_recognises_authorities_of_this_machine_without_a_certificate()
            throws IOException, ConfigException {
        String plain = "{name: a, publicKey: a.pub, address: 'http://127.0.0.1:1'}";

        assertThat(
                        cluster(
                                        "role: edge, name: fra1, key: key.pem, authorities: ["
                                                + plain
                                                + "], "
                                                + LOCAL)
                                .client())
                .isEmpty();
        assertThat(cluster(EDGE + ", " + LOCAL).client())
                .contains(
                        new Tls(
                                folder.resolve("alpha.pem"),
                                folder.resolve("chain.pem"),
                                folder.resolve("key.pem")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spool: {poll: 1s}|spool|which take changes",
                "watch: {}|watch|which take changes",
                "audit: {directory: a}|audit|which take changes",
                "admin: {api: {plain: true, role: viewer}}|admin|which authorities offer",
                "answers: {nonce: echo}|answers|an edge ignores nonces",
                "answers: {unassigned: unknown}|answers|answers unauthorized",
                "signing: {timeout: 2s}|signing|waits for authorities up to 2s",
            })
    void what_an_edge_would_never_do_is_refused(String keys, String path, String message) {
        assertThat(
                        problems(
                                ConfigFiles.SMALLEST
                                        + keys
                                        + "\ncluster: {"
                                        + EDGE
                                        + ", "
                                        + LOCAL
                                        + "}"))
                .singleElement()
                .satisfies(
                        problem -> {
                            assertThat(problem.path()).isEqualTo(path);
                            assertThat(problem.message()).contains(message);
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: a|cluster.role|is missing",
                "role: edge|cluster.name|is missing",
                "role: edge|cluster.key|is missing",
                "role: edge|cluster.kafka.bootstrap|name the brokers",
                "role: edge|cluster.authorities|names no authority",
                "role: leader|cluster.role|is none of authority, edge",
                "name: 'a b'|cluster.name|cannot name a node",
                "name: A|cluster.name|small letters",
                "key: gone.key|cluster.key|does not exist",
                "kafka: {bootstrap: 'k1.example'}|cluster.kafka.bootstrap|write host:port",
                "kafka: {bootstrap: '*:9092'}|cluster.kafka.bootstrap|write host:port",
                "kafka: {bootstrap: 'k1.example:0'}|cluster.kafka.bootstrap|write host:port",
                "kafka: {bootstrap: ['localhost:9', 'k1.example:9']}"
                        + "|cluster.kafka.bootstrap[1]|add ca, certificate and privateKey",
                "kafka: {bootstrap: '127.0.0.1.example:9'}"
                        + "|cluster.kafka.bootstrap|in plain text",
                "kafka: {bootstrap: 'k1.example:9', ca: alpha.pem, certificate: alpha.pem}"
                        + "|cluster.kafka.privateKey|all three",
                "kafka: {bootstrap: 'localhost:9', ca: text.pem, certificate: alpha.pem,"
                        + " privateKey: key.pem}|cluster.kafka.ca|holds no certificate",
                "kafka: {prefix: 'a b'}|cluster.kafka.prefix|cannot be a name",
                "authorities: [{name: a, address: 'https://a'}]"
                        + "|cluster.authorities[0].publicKey|is missing",
                "authorities: [{name: a, publicKey: a.pub}]"
                        + "|cluster.authorities[0].address|is missing",
                "authorities: [{name: a, publicKey: text.pem, address: 'https://a'}]"
                        + "|cluster.authorities[0].publicKey|openssl pkey -in KEY -pubout",
                "authorities: [{name: a, publicKey: a.pub, address: 'http://a.example'}]"
                        + "|cluster.authorities[0].address|write https",
                "authorities: [{name: a, publicKey: a.pub, address: 'https://a'},"
                        + " {name: a, publicKey: b.pub, address: 'https://b'}]"
                        + "|cluster.authorities[1].name|the name of another node",
                "authorities: [{name: a, publicKey: a.pub, address: 'https://a'}],"
                        + " edges: [{name: fra1, publicKey: a.pub}]"
                        + "|cluster.edges[0].publicKey|is the key of a too",
                "role: authority, name: c,"
                        + " authorities: [{name: a, publicKey: a.pub, address: 'https://a'}]"
                        + "|cluster.name|list c among them",
                "role: edge, name: a,"
                        + " authorities: [{name: a, publicKey: a.pub, address: 'https://a'}]"
                        + "|cluster.name|a name of its own",
                "role: edge, edges: [{name: fra1, publicKey: fra1.pub}]"
                        + "|cluster.edges|remove it at an edge",
                "role: edge, authorities: [{name: a, publicKey: a.pub, address: 'https://a'}]"
                        + "|cluster.client|recognise this edge",
                "role: edge, client: {ca: alpha.pem, certificate: alpha.pem}"
                        + "|cluster.client.privateKey|all three",
                "role: authority, client: {ca: alpha.pem}|cluster.client|is for edges",
                "role: edge, takeover: manual|cluster.takeover|is for authorities",
                "role: edge, effectiveWait: 1s|cluster.effectiveWait|is for authorities",
                "role: edge, snapshots: {keep: 1}|cluster.snapshots.keep|is for authorities",
                "role: edge, snapshots: {directory: c, url: 'https://s'}"
                        + "|cluster.snapshots|exactly one of directory and url",
                "role: authority, snapshots: {url: 'https://s'}"
                        + "|cluster.snapshots.url|is for edges",
                "snapshots: {directory: store/x}|cluster.snapshots.directory|must lie apart",
                "maxStaleness: 29s|cluster.maxStaleness|not from 30s to 1d",
                "maxStaleness: 24h1s|cluster.maxStaleness|not from 30s to 1d",
                "takeover: never|cluster.takeover|is none of auto, manual",
                "brokers: x|cluster.brokers|unknown key",
            })
    void what_is_wrong_is_said_with_a_remedy(String cluster, String path, String message) {
        assertThat(problems(ConfigFiles.SMALLEST + "cluster: {" + cluster + "}"))
                .anySatisfy(
                        problem -> {
                            assertThat(problem.path()).isEqualTo(path);
                            assertThat(problem.message()).contains(message);
                            assertThat(problem.line()).isEqualTo(7);
                        });
    }

    private static List<ConfigProblem> problems(String yaml) {
        return catchThrowableOfType(ConfigException.class, () -> files.read(yaml)).problems();
    }
}
