package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.responder.cli.CredentialCheck.Finding;
import org.precertocsp.responder.cli.CredentialCheck.Severity;
import org.precertocsp.responder.cluster.SignedRecords;
import org.precertocsp.responder.config.SampleConfig;

final class ConfigCommandTest {
    private static final String GOOD =
            """
            store: {directory: store}
            admin: {}
            issuers:
              - name: alpha
                certificates: [ca.pem]
                profile: tls
                responder:
                  certificate: delegate.pem
                  key: {pem: {file: key.pem}}
              - {name: beta, certificates: [beta.pem], profile: private}
            alerts: {channels: [{name: mail, command: {run: [/bin/mail-alert]}}]}
            """;

    @TempDir Path folder;

    @BeforeEach
    void make_files() throws IOException {
        TestCa ca = TestCa.root("Alpha");
        TestCa.write(folder.resolve("ca.pem"), ca.holder());
        TestCa.write(folder.resolve("delegate.pem"), ca.delegate(TestCa.p256()));
        TestCa.write(folder.resolve("beta.pem"), TestCa.root("Beta").holder());
        Path key = Files.writeString(folder.resolve("key.pem"), "opened by the seam");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void sample_prints_the_sample_and_nothing_else() {
        CommandRun run =
                CommandRun.of(
                        PrecertOcspCommand.of(ConfigCommand.of(_ -> List.of())),
                        "config",
                        "sample");

        assertThat(run).isEqualTo(new CommandRun(0, SampleConfig.text(), ""));
    }

    @Test
    void a_good_file_is_ok_and_summed_up() throws IOException {
        CommandRun run = check(GOOD, List.of());

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("ok: " + file())
                .contains("[::]:8080", "127.0.0.1:8081")
                .contains("alpha: profile tls, delegate until 2036-01-01T00:00:00Z")
                .contains("beta: profile private, loaded but not answered for");
    }

    @Test
    void a_node_of_a_cluster_is_summed_up_if_its_key_is_the_one_that_is_listed()
            throws IOException {
        SignedRecords.writeKeys(folder);
        String cluster =
                GOOD
                        + """
                          cluster:
                            role: authority
                            name: a
                            key: a.key
                            kafka: {bootstrap: "localhost:9092"}
                            authorities:
                              - {name: a, publicKey: a.pub, address: "https://a.example"}
                          """;

        assertThat(check(cluster, List.of()).out())
                .contains("  cluster  authority a, brokers localhost:9092\n");
        CommandRun other = check(cluster.replace("a.pub", "b.pub"), List.of());
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.out())
                .isEqualTo(
                        file()
                                + ": cluster.key: "
                                + folder.resolve("a.key")
                                + " is not the private key to authority a's publicKey: name the"
                                + " right file, or list on all nodes what openssl pkey -in KEY"
                                + " -pubout writes\n");
        CommandRun none = check(cluster.replace("a.key", "b.pub"), List.of());
        assertThat(none.out()).contains("holds no Ed25519 private key in PEM");
    }

    @Test
    void an_edge_has_no_keys_for_answers() throws IOException {
        SignedRecords.writeKeys(folder);
        CommandRun run =
                check(
                        """
                        store: {directory: store}
                        issuers:
                          - {name: beta, certificates: [beta.pem], profile: private}
                        cluster:
                          role: edge
                          name: fra1
                          key: a.key
                          kafka: {bootstrap: "localhost:9092"}
                          authorities:
                            - {name: a, publicKey: a.pub, address: "http://127.0.0.1:8444"}
                        """,
                        List.of());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        "  cluster  edge fra1, brokers localhost:9092\n",
                        "beta: profile private, the authorities sign");
    }

    @Test
    void problems_are_printed_with_file_line_and_column() throws IOException {
        CommandRun run = check(GOOD.replace("tls", "tsl").replace("key.pem", "gone"), List.of());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out().lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith(file() + ":6:14: issuers[0].profile: \"tsl\" is none of");
        assertThat(run.out()).doesNotContain("ok:");
    }

    @Test
    void a_finding_about_a_key_refuses_the_file() throws IOException {
        Finding wrongKey = new Finding("alpha", Severity.ERROR, "RC-05: no digitalSignature");

        CommandRun run = check(GOOD, List.of(wrongKey));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEqualTo(file() + ": issuer alpha: RC-05: no digitalSignature\n");
    }

    @Test
    void a_warning_is_printed_and_the_file_is_still_ok() throws IOException {
        Finding ending = new Finding("alpha", Severity.WARNING, "ends in 5 days");

        CommandRun run = check(GOOD, List.of(ending));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith(file() + ": issuer alpha: warning: ends in 5 days\nok: ");
    }

    @Test
    void a_key_file_open_to_everyone_is_warned_about() throws IOException {
        Files.setPosixFilePermissions(
                folder.resolve("key.pem"), PosixFilePermissions.fromString("rw-r--r--"));

        CommandRun run = check(GOOD, List.of());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        "warning: ", "key.pem can be read by its group or by others", "chmod 600");
    }

    @Test
    void keys_may_stay_closed() throws IOException {
        CommandRun run =
                check(
                        GOOD,
                        List.of(new Finding("alpha", Severity.ERROR, "no token")),
                        "--without-keys");

        assertThat(run.exitCode()).isZero();
    }

    @Test
    void a_file_that_cannot_be_read_is_code_3() {
        CommandRun run = run(List.of(), "config", "check", "-c", folder.resolve("no").toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).isEqualTo(folder.resolve("no") + " does not exist\n");
    }

    @Test
    void the_file_must_be_named() {
        assertThat(run(List.of(), "config", "check").exitCode()).isEqualTo(2);
    }

    private Path file() {
        return folder.resolve("precert-ocsp.yaml");
    }

    private CommandRun check(String yaml, List<Finding> findings, String... more)
            throws IOException {
        Files.writeString(file(), yaml);
        String[] arguments = new String[4 + more.length];
        arguments[0] = "config";
        arguments[1] = "check";
        arguments[2] = "-c";
        arguments[3] = file().toString();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return run(findings, arguments);
    }

    private static CommandRun run(List<Finding> findings, String... arguments) {
        return CommandRun.of(PrecertOcspCommand.of(ConfigCommand.of(_ -> findings)), arguments);
    }
}
