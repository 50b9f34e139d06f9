package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.config.ConfigReader;
import picocli.CommandLine;

/// `reload` against a running server.
final class ReloadTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir Path folder;
    private final TestCa ca = TestCa.root("CA");
    private final KeyPair keys = TestCa.p256();
    private Path config = Path.of("");

    private record Ended(int exitCode, String out, String err) {}

    @BeforeEach
    void configure() throws IOException {
        TestCa.write(folder.resolve("ca.pem"), ca.holder());
        TestCa.write(folder.resolve("responder.pem"), ca.delegate(keys));
        Files.writeString(
                folder.resolve("responder.key"),
                TestCa.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        config =
                Files.writeString(
                        folder.resolve("precert-ocsp.yaml"),
                        """
                        store: {directory: store}
                        http: {listen: ["127.0.0.1:0"]}
                        admin: {listen: "127.0.0.1:0"}
                        issuers:
                          - name: one
                            certificates: ca.pem
                            profile: tls
                            responder: {certificate: responder.pem, key: {pem: {file: responder.key}}}
                        """);
    }

    private RunningServer start() throws Exception {
        return new Wiring(CLOCK).launcher().start(ConfigReader.read(config));
    }

    private Ended reload() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine(CLOCK);
        int code =
                line.setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute("reload", "-c", config.toString());
        return new Ended(code, out.toString(), err.toString());
    }

    private List<Alert> failures() throws Exception {
        // The desk writes at most some seconds later.
        return new CommandWiring(CLOCK)
                .alerts().of(ConfigReader.read(config)).all().stream()
                        .filter(it -> it.kind() == Incident.Kind.RELOAD_FAILED)
                        .toList();
    }

    @Test
    void what_was_reloaded_and_what_needs_a_restart_is_told_to_the_caller() throws Exception {
        try (RunningServer _ = start()) {
            Ended same = reload();
            assertThat(same.err()).isEmpty();
            assertThat(same.exitCode()).isZero();
            assertThat(same.out())
                    .contains("reloaded: log levels", "reloaded: the credential of one")
                    .doesNotContain("restart");

            TestCa.write(folder.resolve("two.pem"), TestCa.root("Two").holder());
            Files.writeString(
                    config,
                    Files.readString(config).replace("store: {", "spool: {poll: 7s}\nstore: {")
                            + "  - {name: two, certificates: two.pem, profile: tls}\n");
            Ended changed = reload();
            assertThat(changed.exitCode()).as(changed.err()).isZero();
            assertThat(changed.out())
                    .contains("needs a restart: spool", "needs a restart: issuer two, which is new")
                    .doesNotContain("restart: store");
        }
    }

    @Test
    void a_certificate_that_is_refused_fails_the_reload_and_is_an_alert_until_the_next_good_one()
            throws Exception {
        try (RunningServer _ = start()) {
            byte[] good = Files.readAllBytes(folder.resolve("responder.pem"));
            TestCa.write(
                    folder.resolve("responder.pem"),
                    TestCa.root("Stranger").delegate(TestCa.p256()));

            Ended refused = reload();

            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("failed: the credential of one: ");
            await(() -> failures().stream().filter(Alert::isOpen).count() == 1);
            assertThat(failures()).extracting(Alert::about).containsExactly("credential of one");

            Files.write(folder.resolve("responder.pem"), good);
            assertThat(reload().exitCode()).isZero();
            await(() -> failures().stream().noneMatch(Alert::isOpen));
        }
    }

    @Test
    void a_configuration_that_is_refused_is_an_alert_until_the_next_good_reload() throws Exception {
        String good = Files.readString(config);
        try (RunningServer running = start()) {
            Files.writeString(config, good + "nonsense: 1\n");
            assertThat(reload().exitCode()).isEqualTo(1);

            running.reload();

            Files.writeString(config, good);
            await(() -> failures().stream().filter(Alert::isOpen).count() == 1);
            assertThat(failures().getFirst().what()).contains("nonsense", "precert-ocsp reload");
            assertThat(reload().exitCode()).isZero();
            await(() -> failures().stream().noneMatch(Alert::isOpen));
        }
    }

    @Test
    void without_a_server_the_command_says_so() throws Exception {
        Ended none = reload();
        assertThat(none.exitCode()).isNotZero();
        assertThat(none.err()).contains("no server has run with this configuration");
    }
}
