package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.MarkdownDocument;
import org.precertocsp.responder.ctlog.TestLog;
import org.precertocsp.responder.ctlog.TestLogServer;
import org.precertocsp.responder.ctlog.TestLogServer.Api;
import org.precertocsp.signer.CertificateFile;

/// The commands of the guides for CAs and for CT monitors, as written there, in the directory of
/// `demo`. Only the port and the address of the log differ, since no public log is reachable.
final class TransparencyIT {
    private static final String LOG_ADDRESS = "https://log.example/2026h2/";
    private static final int PORT = FreePort.next();

    @TempDir static Path directory;
    private static TestLogServer some;
    private static Command.Result loaded;
    private static Distribution.Server server;

    @BeforeAll
    static void follow() throws Exception {
        String port = Integer.toString(PORT);
        String folder = directory.toString();
        Map<String, String> brief = Distribution.BRIEF;
        Distribution.start(directory, brief, "demo", "--port", port, "--dir", folder).terminate();
        TestLog log = log();
        some = new TestLogServer(Api.STATIC, log, Instant.now());
        writeLogFiles(log);

        MarkdownDocument transparency =
                MarkdownDocument.of("responder/docs/certificate-transparency.md");
        loaded = run(transparency.commands().getFirst());
        Files.writeString(
                directory.resolve("precert-ocsp.yaml"),
                here(transparency.blocks("yaml").getFirst()),
                StandardOpenOption.APPEND);
        server = Distribution.start(directory, brief, "serve", "-c", "precert-ocsp.yaml");
    }

    @AfterAll
    static void stop() {
        server.close();
        some.close();
    }

    /// With the precertificate the demonstration has made.
    private static TestLog log() throws Exception {
        TestLog log = new TestLog(TestCa.p256(), Instant.now().minusSeconds(600));
        log.addPrecertificate(read("precertificate.pem"), read("issuer.pem"));
        return log;
    }

    private static X509CertificateHolder read(String file) throws Exception {
        ByteString der = CertificateFile.readAll(directory.resolve(file)).getFirst();
        return new X509CertificateHolder(der.toArray());
    }

    private static void writeLogFiles(TestLog log) throws IOException {
        byte[] key = log.keys().getPublic().getEncoded();
        Files.writeString(directory.resolve("log-key.pem"), TestCa.pem("PUBLIC KEY", key));
        Files.writeString(
                directory.resolve("log_list.json"),
                """
                {"operators": [{"name": "Example", "logs": [], "tiled_logs": [
                  {"description": "Some log 2026h2", "key": "%s", "monitoring_url": "%s",
                   "submission_url": "https://%s/", "state": {"usable": {}}}]}]}
                """
                        .formatted(TestLog.base64(key), some.url(), TestLog.ORIGIN));
    }

    private static String here(String text) {
        return text.replace(LOG_ADDRESS, some.url().toString())
                .replace("8080", Integer.toString(PORT));
    }

    private static Command.Result run(String command) {
        Path bin = Path.of("target/precert-ocsp/bin").toAbsolutePath();
        String script = "PATH=%s:$PATH; %s".formatted(bin, here(command));
        return new Command(directory, Distribution.BRIEF, List.of("bash", "-c", script)).run();
    }

    private static void assertRuns(List<String> commands) {
        assertThat(commands).isNotEmpty();
        for (String command : commands) {
            Command.Result result = run(command);
            assertThat(result.exitCode()).as("%s%n%s", command, result.output()).isZero();
        }
    }

    @Test
    @Requirement("CT-17")
    void a_log_is_read_as_the_guide_for_cas_says() {
        loaded.exits(0);
        assertThat(new OpenSsl(directory).ask(server.url(), "-cert", "precertificate.pem"))
                .contains("precertificate.pem: good");
    }

    @Test
    void reconcile_runs_as_the_guide_says() throws IOException {
        assertRuns(
                MarkdownDocument.of("responder/docs/check.md")
                        .section("## Compare logs, files, CRLs, store and answers")
                        .commands());
    }

    @Test
    void check_runs_as_the_guide_for_monitors_says() throws IOException {
        List<String> commands =
                MarkdownDocument.of("responder/docs/check.md")
                        .section("## Check any responder")
                        .commands();

        assertThat(commands).hasSizeGreaterThanOrEqualTo(4);
        assertRuns(commands);
        assertThat(directory.resolve("check.xml")).content().contains("<testsuite");
    }

    @Test
    @Requirement("HT-01")
    void a_responder_behind_tls_is_judged_if_its_certificate_is_believed() throws Exception {
        try (TlsFront front = TlsFront.start(PORT)) {
            TestCa.write(directory.resolve("tls-ca.pem"), front.authority());
            String check =
                    "precert-ocsp check precertificate.pem --issuer issuer.pem --failures --url "
                            + front.url();

            Command.Result trusted = run(check + " --cacert tls-ca.pem");
            Command.Result strange = run(check);

            trusted.exits(0);
            assertThat(strange.exitCode()).as(strange.output()).isNotZero();
            assertThat(strange.output()).contains("certification path");
        }
    }
}
