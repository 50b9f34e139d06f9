package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.StreamSupport;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.ctlog.TestLog;
import org.precertocsp.responder.ctlog.TestLogServer;
import org.precertocsp.responder.store.StatusRowRemoval;

/// `reconcile` with a real server, a real store and a real log, all commands as people type them.
final class ReconcileTest {
    private static final KeyPair SUBJECT = TestCa.p256();
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @TempDir Path directory;
    private final TestCa ca = TestCa.root("Reconciled CA");
    private final TestLog log = new TestLog(TestCa.p256());
    private final List<AutoCloseable> open = new ArrayList<>();

    private record Run(int exitCode, String out, String err) {
        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }

        /// `KIND serial` of each difference.
        List<String> told() throws IOException {
            return StreamSupport.stream(json().get("differences").spliterator(), false)
                    .map(it -> it.get("kind").asText() + " " + it.get("serial").asText())
                    .toList();
        }
    }

    @BeforeEach
    void configure() throws IOException {
        TestCa.write(directory.resolve("issuer.pem"), ca.holder());
        ca.writeSigner(directory);
        Files.createDirectory(directory.resolve("issued"));
        writeConfiguration("issuers:\n" + issuer("ours", "issuer.pem"));
    }

    private void writeConfiguration(String issuers) throws IOException {
        Files.writeString(
                directory.resolve("precert-ocsp.yaml"),
                "store: {directory: store}\nhttp: {listen: [\"127.0.0.1:0\"]}\n" + issuers);
    }

    private static String issuer(String name, String certificate) {
        return """
          - name: %s
            certificates: [%s]
            profile: tls
            responder: {certificate: signer.pem, key: {pem: {file: signer.key}}}
        """
                .formatted(name, certificate);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private Run run(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("-c", directory.resolve("precert-ocsp.yaml").toString()));
        String[] arguments = all.toArray(String[]::new);
        int code =
                Main.commandLine(InstantSource.system(), arguments)
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(arguments);
        return new Run(code, out.toString(), err.toString());
    }

    private Run reconcile(String url, String... more) {
        List<String> words = new ArrayList<>(List.of("reconcile", "--json", "--url", url));
        words.addAll(List.of(more));
        return run(words.toArray(String[]::new));
    }

    private void load(String kind, Path... files) {
        List<String> words = new ArrayList<>(List.of("load", kind));
        for (Path file : files) {
            words.add(file.toString());
        }
        Run run = run(words.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    private String serve() throws Exception {
        RunningServer running =
                new Wiring(InstantSource.system())
                        .launcher()
                        .start(ConfigReader.read(directory.resolve("precert-ocsp.yaml")));
        open.add(running);
        InetSocketAddress address = running.addresses().getFirst();
        return "http://127.0.0.1:" + address.getPort();
    }

    private TestLogServer serveLog() {
        TestLogServer server = new TestLogServer(TestLogServer.Api.RFC6962, log, now);
        open.add(server);
        return server;
    }

    private String logKey() {
        return TestLog.base64(log.keys().getPublic().getEncoded());
    }

    private static BigInteger serial(int number) {
        return BigInteger.valueOf(number).shiftLeft(72);
    }

    private static String hex(int number) {
        return "%02x%s".formatted(number, "0".repeat(18));
    }

    private Path issued(String name, X509CertificateHolder certificate) throws IOException {
        return TestCa.write(directory.resolve("issued").resolve(name + ".pem"), certificate);
    }

    private Path precertificate(int number) throws IOException {
        return issued("pre" + number, ca.precertificate(serial(number), SUBJECT));
    }

    private void logged(int... numbers) {
        log.addStrangers(40);
        for (int number : numbers) {
            log.addPrecertificate(ca, ca, serial(number), SUBJECT);
        }
    }

    @Test
    @Requirement({"SS-13", "CT-16", "CT-20", "SA-01"})
    void finds_what_was_removed_not_logged_never_fed_and_in_conflict() throws Exception {
        load("certificates", precertificate(1), precertificate(2), precertificate(3));
        load("certificates", precertificate(4));
        issued("final1", ca.issue(serial(1), SUBJECT, _ -> {}));
        issued("final4", ca.issue(serial(4), TestCa.p256(), _ -> {}));
        logged(1, 2, 4, 5);
        StatusRowRemoval.remove(directory.resolve("store"), serial(2));

        Run run =
                reconcile(
                        serve(),
                        "--certificates",
                        directory.resolve("issued").toString(),
                        "--merge-delay",
                        "0s",
                        "--ct",
                        serveLog().url().toString(),
                        "--key",
                        logKey());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
        assertThat(run.told())
                .containsExactlyInAnyOrder(
                        "NOT_IN_STORE " + hex(2),
                        "UNANSWERED " + hex(2),
                        "UNLOGGED " + hex(3),
                        "CONFLICT " + hex(4),
                        "NEVER_FED " + hex(5),
                        "UNANSWERED " + hex(5));
        assertThat(run.out()).contains("SS-13", "entry 43 of 2026-06-01T00:00:00.043Z");
        assertThat(run.json().get("serials").asInt()).isEqualTo(5);
    }

    @Test
    void all_agree_where_everybody_knows_the_same() throws Exception {
        load("certificates", precertificate(1), precertificate(2));
        logged(1, 2);
        String url = serve();

        Run run =
                run(
                        "reconcile",
                        "--url",
                        url,
                        "--certificates",
                        directory.resolve("issued").toString(),
                        "--merge-delay",
                        "0s",
                        "--ct",
                        serveLog().url().toString(),
                        "--key",
                        logKey());

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("total: 2 serials compared, 0 left out; no difference");
    }

    @Test
    @Requirement("CR-22")
    void crl_and_answer_that_differ_in_status_date_or_reason_are_told() throws Exception {
        for (int number = 1; number <= 5; number++) {
            load("certificates", precertificate(number));
        }
        Instant at = now.minus(10, ChronoUnit.DAYS);
        X509v2CRLBuilder stored = crl(1, now.minus(2, ChronoUnit.DAYS));
        for (int number = 1; number <= 4; number++) {
            stored.addCRLEntry(serial(number), Date.from(at), CRLReason.superseded);
        }
        load("crl", write("stored.crl", stored));
        X509v2CRLBuilder other = crl(2, now.minus(1, ChronoUnit.DAYS));
        other.addCRLEntry(serial(1), Date.from(at), CRLReason.superseded);
        other.addCRLEntry(serial(2), Date.from(at.minusSeconds(60)), CRLReason.superseded);
        other.addCRLEntry(serial(3), Date.from(at), CRLReason.keyCompromise);
        other.addCRLEntry(serial(5), Date.from(at), CRLReason.superseded);

        Run run = reconcile(serve(), "--crl", write("other.crl", other).toString());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
        assertThat(run.told())
                .containsExactlyInAnyOrder(
                        "REVOCATION_DIFFERS " + hex(2),
                        "REVOCATION_DIFFERS " + hex(3),
                        "REVOCATION_DIFFERS " + hex(4),
                        "REVOCATION_DIFFERS " + hex(5));
        assertThat(run.out())
                .contains("answered good, the crls say revoked")
                .contains("keyCompromise")
                .contains("does not list it");
    }

    @Test
    @Requirement("CR-22")
    void a_list_that_gives_no_date_agrees_with_any() throws Exception {
        load("certificates", precertificate(1), precertificate(2));
        X509v2CRLBuilder stored = crl(1, now.minus(2, ChronoUnit.DAYS));
        stored.addCRLEntry(
                serial(1), Date.from(now.minus(10, ChronoUnit.DAYS)), CRLReason.superseded);
        load("crl", write("stored.crl", stored));
        Path list =
                Files.writeString(
                        directory.resolve("list.csv"),
                        "issuer,serial,status,reason\nours,%s,revoked,superseded\nours,%s,revoked,\n"
                                .formatted(hex(1), hex(2)));

        Run run = reconcile(serve(), "--csv", list.toString());

        assertThat(run.told()).containsExactly("REVOCATION_DIFFERS " + hex(2));
    }

    private X509v2CRLBuilder crl(int number, Instant thisUpdate) throws IOException {
        X509v2CRLBuilder crl = ca.crl(thisUpdate);
        crl.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
        crl.setNextUpdate(Date.from(now.plus(3, ChronoUnit.DAYS)));
        return crl;
    }

    private Path write(String name, X509v2CRLBuilder crl) throws IOException {
        return Files.write(directory.resolve(name), ca.sign(crl).getEncoded());
    }

    @Test
    void one_serial_under_two_keys_of_a_ca_is_told() throws Exception {
        TestCa rolledOver = TestCa.root("Reconciled CA");
        TestCa.write(directory.resolve("second.pem"), rolledOver.holder());
        writeConfiguration(
                "issuers:\n"
                        + issuer("ours", "issuer.pem")
                        + "  - {name: next, certificates: [second.pem], profile: tls}\n");
        load(
                "certificates",
                precertificate(1),
                issued("second", rolledOver.precertificate(serial(1), SUBJECT)));

        Run run = reconcile(serve());

        assertThat(run.told()).containsExactly("REUSED " + hex(1));
        assertThat(run.json().get("notAsked").fieldNames().next()).contains("next");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    @Requirement({"SS-07", "CR-22"})
    void a_crl_of_the_new_key_is_compared_with_the_answers_of_the_old_one() throws Exception {
        TestCa rolledOver = TestCa.root("Reconciled CA");
        TestCa.write(directory.resolve("second.pem"), rolledOver.holder());
        writeConfiguration(
                "issuers:\n"
                        + issuer("ours", "issuer.pem")
                        + "  - {name: next, certificates: [second.pem], profile: tls}\n");
        load("certificates", precertificate(1));
        String url = serve();
        X509v2CRLBuilder crl = crl(1, now.minusSeconds(60));
        crl.addCRLEntry(serial(1), Date.from(now.minusSeconds(90)), CRLReason.superseded);
        Path file = Files.write(directory.resolve("new.crl"), rolledOver.sign(crl).getEncoded());

        Run run = reconcile(url, "--crl", file.toString());

        assertThat(run.told()).containsExactly("REVOCATION_DIFFERS " + hex(1));
        assertThat(run.out()).contains("answered good, the crls say revoked");
    }

    @Test
    void date_limits_what_logs_and_store_bring() throws Exception {
        load("certificates", precertificate(1));
        logged(1, 2);
        String[] words = {
            "--since",
            "2099-01-01",
            "--merge-delay",
            "0s",
            "--ct",
            serveLog().url().toString(),
            "--key",
            logKey()
        };

        Run run = reconcile(serve(), words);

        // The newest entry of a log is read in any case.
        assertThat(run.told())
                .containsExactlyInAnyOrder("NEVER_FED " + hex(2), "UNANSWERED " + hex(2));
        assertThat(run.json().get("leftOut").asInt()).isEqualTo(1);
    }

    @Test
    void endpoint_that_is_not_there_is_a_finding_for_each_serial_asked_and_an_error()
            throws Exception {
        for (int number = 1; number <= 40; number++) {
            precertificate(number);
        }
        load("certificates", directory.resolve("issued"));

        Run run = reconcile("http://127.0.0.1:9", "--in-flight", "1", "--most", "3");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.json().get("counts").get("UNANSWERED").asInt()).isEqualTo(32);
        assertThat(run.json().get("differences")).hasSize(3);
        assertThat(run.json().get("notAsked").elements().next().asInt()).isEqualTo(8);
        assertThat(run.err()).contains("the endpoint did not respond");
    }

    @Test
    void endpoint_that_is_not_there_is_an_error_for_a_single_serial_too() throws Exception {
        precertificate(1);
        load("certificates", directory.resolve("issued"));

        Run run = reconcile("http://127.0.0.1:9");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.told()).containsExactly("UNANSWERED " + hex(1));
        assertThat(run.err()).contains("the endpoint did not respond");
    }

    @Test
    void each_error_of_the_configuration_is_a_line_of_its_own() throws IOException {
        writeConfiguration("unknownSection: 1\n");

        Run run = run("reconcile");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err().lines())
                .hasSizeGreaterThan(1)
                .allSatisfy(line -> assertThat(line).startsWith("precert-ocsp: "));
    }

    @Test
    void log_that_cannot_be_trusted_is_told_and_nothing_is_missed_in_it() throws Exception {
        load("certificates", precertificate(1));
        logged(2);
        TestLogServer server = serveLog();
        server.fail(TestLogServer.Fault.TAMPERED_ENTRY);

        Run run =
                reconcile(
                        serve(),
                        "--merge-delay",
                        "0s",
                        "--ct",
                        server.url().toString(),
                        "--key",
                        logKey());

        assertThat(run.told()).containsExactly("UNUSABLE ");
        assertThat(run.out()).contains("TAMPERED");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void command_line_that_makes_no_sense_is_refused() {
        assertThat(run("reconcile", "--ct", "https://ct.example/").exitCode()).isEqualTo(2);
        assertThat(run("reconcile", "--index", "index.txt").exitCode()).isEqualTo(2);
        assertThat(run("reconcile", "--url", "ldap://example").exitCode()).isEqualTo(2);
        assertThat(run("reconcile", "--since", "yesterday").exitCode()).isEqualTo(2);
        assertThat(run("reconcile").exitCode()).as("no store yet").isEqualTo(3);
    }
}
