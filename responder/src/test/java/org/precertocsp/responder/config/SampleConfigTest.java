package org.precertocsp.responder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.responder.ctlog.CtLogConfig;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// The sample is the manual of the configuration, so it must be true.
final class SampleConfigTest {
    @TempDir static Path folder;

    @BeforeAll
    static void make_the_files_the_sample_names() throws IOException {
        Files.createDirectories(folder.resolve("ca"));
        Files.createDirectories(folder.resolve("responder"));
        Files.createDirectories(folder.resolve("admin"));
        TestCa clients = TestCa.root("Clients");
        TestCa.write(folder.resolve("admin/client-ca.pem"), clients.holder());
        TestCa.write(folder.resolve("admin/server.pem"), clients.issue(BigInteger.TEN));
        TestCa root = TestCa.root("Root");
        for (String name : new String[] {"tls", "code-signing", "private", "smime"}) {
            TestCa ca = root.subordinate("Example " + name);
            TestCa.write(folder.resolve("ca/example-" + name + ".pem"), ca.holder());
            TestCa.write(
                    folder.resolve("ca/example-" + name + "-cross.pem"),
                    TestCa.root("Other").subordinate("Example " + name, ca.keys()).holder());
            TestCa.write(
                    folder.resolve("ca/example-" + name + "-psc.pem"),
                    ca.precertificateSigner("PSC").holder());
            TestCa.write(
                    folder.resolve("responder/example-" + name + ".pem"),
                    ca.delegate(TestCa.p256()));
        }
        Files.createDirectories(folder.resolve("cluster"));
        TestCa.write(folder.resolve("cluster/kafka-ca.pem"), clients.holder());
        TestCa.write(folder.resolve("cluster/kafka.pem"), clients.issue(BigInteger.TWO));
        TestCa.write(folder.resolve("cluster/api-ca.pem"), clients.holder());
        TestCa.write(folder.resolve("cluster/client.pem"), clients.issue(BigInteger.TWO));
        for (String name : new String[] {"a", "b", "fra1"}) {
            ConfigFiles.writeNodeKey(folder.resolve("cluster/" + name + ".pub"));
        }
        Files.createDirectories(folder.resolve("tracing"));
        TestCa.write(folder.resolve("tracing/collector-ca.pem"), clients.holder());
        Files.createDirectories(folder.resolve("ct"));
        Files.writeString(folder.resolve("ct/log-key.pem"), LogLists.key());
        Files.writeString(
                folder.resolve("ct/log-list.json"),
                LogLists.of("Example", "Example 2027h1", "usable"));
        for (String name :
                new String[] {
                    "responder/example-tls.key",
                    "responder/example-tls.passphrase",
                    "admin/server.key",
                    "ca/example-private.p12",
                    "audit-key.pem",
                    "tracing/team",
                    "cluster/a.key",
                    "cluster/kafka.key",
                    "cluster/client.key",
                    "ca/example-private.password",
                    "module.so"
                }) {
            Files.writeString(folder.resolve(name), "opened later");
        }
    }

    @Test
    void what_an_operator_begins_with_is_accepted_once_its_three_files_are_there()
            throws IOException, ConfigException {
        ServerConfig config = read(SampleConfig.text());

        assertThat(config.issuers())
                .extracting(ServerConfig.Issuer::name)
                .containsExactly("example-tls");
        assertThat(config.watch().logs()).isEmpty();
        assertThat(config.admin().orElseThrow().api()).isEmpty();
    }

    @Test
    void without_its_files_only_they_are_complained_about() throws IOException {
        Path file = Files.createDirectories(folder.resolve("empty")).resolve("precert-ocsp.yaml");
        Files.writeString(file, SampleConfig.text());

        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file));

        assertThat(refused.problems())
                .extracting(ConfigProblem::message)
                .hasSize(3)
                .allMatch(message -> message.contains("does not exist"));
    }

    @Test
    void files_given_are_named_in_the_sample() throws IOException, ConfigException {
        Path file = folder.resolve("own files.yaml");
        Files.writeString(
                file,
                SampleConfig.text(
                        new SampleConfig.Own(
                                Optional.of(folder.resolve("my store")),
                                Optional.of(folder.resolve("ca/example-tls.pem")),
                                Optional.of(folder.resolve("responder/example-tls.pem")),
                                Optional.of(folder.resolve("responder/example-tls.key")))));

        ServerConfig config = ConfigReader.read(file);

        assertThat(config.store().directory()).isEqualTo(folder.resolve("my store"));
        assertThat(config.issuers().getFirst().name()).isEqualTo("example-tls");
    }

    @Test
    void every_key_of_the_full_sample_is_a_comment_in_the_other_or_active() throws IOException {
        SortedSet<String> keys = new TreeSet<>();
        collect(yaml(uncommented(SampleConfig.text())), "", keys);
        SortedSet<String> all = new TreeSet<>();
        collect(yaml(everyChoice()), "", all);

        assertThat(keys).isEqualTo(all);
    }

    @Test
    void the_sample_is_accepted_once_its_files_are_there() throws IOException, ConfigException {
        ServerConfig config = read(SampleConfig.full());

        assertThat(config.issuers())
                .extracting(ServerConfig.Issuer::name)
                .containsExactly(
                        "example-tls", "example-code-signing", "example-private", "example-smime");
        assertThat(config.issuers().getLast().credential()).isEmpty();
        assertThat(config.watch().logs())
                .extracting(watched -> watched.log().name())
                .containsExactly("Example 2026h2", "Example 2027h1");
    }

    @Test
    void the_sample_shows_the_defaults() throws IOException, ConfigException {
        ServerConfig sample = read(SampleConfig.full());
        ServerConfig defaults =
                read(
                        """
                        store: {directory: /var/lib/precert-ocsp/store}
                        admin:
                          api:
                            certificate: admin/server.pem
                            key: admin/server.key
                            clients:
                              - {role: issuer, ca: admin/client-ca.pem,
                                 subject: "CN=issuance,O=Example"}
                        signing: {maxInFlight: 4}  # else the number of processors
                        tracing: {endpoint: 'https://collector.example:4318/v1/traces'}
                        cluster:
                          role: authority
                          name: a
                          key: cluster/a.key
                          kafka: {bootstrap: 'localhost:9092'}
                          authorities:
                            - {name: a, publicKey: cluster/a.pub, address: 'https://a.example'}
                        issuers:
                          - {name: one, certificates: ca/example-tls.pem, profile: tls,
                             responder: {key: {pem: {file: responder/example-tls.key}}}}
                        """);

        assertThat(sample.store()).isEqualTo(defaults.store());
        assertThat(sample.spool()).isEqualTo(defaults.spool());
        assertThat(sample.http()).isEqualTo(defaults.http());
        assertThat(sample.admin()).isEqualTo(defaults.admin());
        assertThat(sample.answers()).isEqualTo(defaults.answers());
        assertThat(sample.requests()).isEqualTo(defaults.requests());
        assertThat(sample.signing()).isEqualTo(defaults.signing());
        assertThat(sample.audit()).isEqualTo(defaults.audit());
        assertThat(sample.logging()).isEqualTo(defaults.logging());
        assertThat(defaults.watch().logs()).isEmpty();
        assertThat(withoutLogs(sample.watch())).isEqualTo(defaults.watch());
        assertThat(sample.issuers().getFirst().ct()).isEqualTo(defaults.issuers().getFirst().ct());
        assertThat(sample.tracing().orElseThrow())
                .usingRecursiveComparison()
                .ignoringFields("headers", "authority")
                .isEqualTo(defaults.tracing().orElseThrow());
        assertThat(sample.cluster().orElseThrow())
                .usingRecursiveComparison()
                .ignoringFields("kafka.bootstrap", "kafka.tls", "authorities", "edges")
                .isEqualTo(defaults.cluster().orElseThrow());
        assertThat(sample.alerts())
                .usingRecursiveComparison()
                .ignoringFields("channels")
                .isEqualTo(defaults.alerts());
        assertThat(sample.issuers().getFirst().validity())
                .isEqualTo(defaults.issuers().getFirst().validity());
        assertThat(sample.issuers().getFirst().credential().orElseThrow().warnBefore())
                .isEqualTo(defaults.issuers().getFirst().credential().orElseThrow().warnBefore());
        assertThat(sample.issuers().getFirst().credential().orElseThrow().key().rsaHash())
                .isEqualTo(
                        defaults.issuers().getFirst().credential().orElseThrow().key().rsaHash());
    }

    private static CtLogConfig withoutLogs(CtLogConfig watch) {
        return new CtLogConfig(
                List.of(),
                List.of(),
                watch.poll(),
                watch.maxHeadAge(),
                watch.silentAfter(),
                watch.grace());
    }

    @Test
    void every_key_there_is_stands_in_the_sample_at_its_place() {
        SortedSet<String> shown = new TreeSet<>();
        collect(yaml(everyChoice()), "", shown);

        assertThat(shown).containsExactlyElementsOf(worthShowing(ConfigReader.keys()));
    }

    @Test
    void choices_not_taken_in_the_sample_are_known_keys_too() {
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> read(everyChoice()));

        assertThat(refused.problems())
                .extracting(ConfigProblem::message)
                .allMatch(
                        message ->
                                message.startsWith("needs exactly one of")
                                        // A role is shown for a port that is plain.
                                        || message.startsWith("is for plain or socket")
                                        // The certificate of an edge is shown at an authority.
                                        || message.startsWith("is for edges")
                                        // Of the socket, whose folder is made at installation.
                                        || message.startsWith("the directory of "));
    }

    /// A secret's place is explained once; both of its keys are known wherever a secret is.
    private static SortedSet<String> worthShowing(SortedSet<String> keys) {
        SortedSet<String> shown = new TreeSet<>(keys);
        shown.removeIf(
                key ->
                        key.matches(".*\\.(passphrase|password)\\.environment")
                                || key.matches(".*\\.(pin|token)\\.file"));
        return shown;
    }

    private static String everyChoice() {
        return uncommented(SampleConfig.full());
    }

    private static String uncommented(String sample) {
        return sample.replaceAll("(?m)^( *)#((- +)?([a-zA-Z0-9]+:|#)|- )", "$1$2");
    }

    private static ServerConfig read(String yaml) throws IOException, ConfigException {
        Path file = folder.resolve("precert-ocsp.yaml");
        Files.writeString(
                file,
                yaml.replace(
                        "/usr/lib/softhsm/libsofthsm2.so", folder.resolve("module.so").toString()));
        return ConfigReader.read(file);
    }

    private static Node yaml(String text) {
        return new Compose(LoadSettings.builder().build()).composeString(text).orElseThrow();
    }

    private static void collect(Node node, String path, SortedSet<String> paths) {
        switch (node) {
            case MappingNode mapping -> {
                for (NodeTuple entry : mapping.getValue()) {
                    String key = ((ScalarNode) entry.getKeyNode()).getValue();
                    String where = path.isEmpty() ? key : path + "." + key;
                    paths.add(where);
                    collect(entry.getValueNode(), where, paths);
                }
            }
            case SequenceNode list -> {
                for (Node item : list.getValue()) {
                    collect(item, path + "[]", paths);
                }
            }
            default -> {}
        }
    }
}
