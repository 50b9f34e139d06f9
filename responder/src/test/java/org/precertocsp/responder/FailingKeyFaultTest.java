package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FaultyToken;
import org.precertocsp.FreePort;
import org.precertocsp.Requirement;
import org.precertocsp.SoftHsm;
import org.precertocsp.TestCa;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.cli.StartupException;
import org.precertocsp.responder.config.ConfigReader;
import picocli.CommandLine;

/// A whole server whose token signs badly, is lost, or refuses the PIN, seen by clients and by
/// operators.
@Timeout(120)
final class FailingKeyFaultTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final int SERIALS = 6 * Integer.getInteger("faults", 1);
    private static final int TRY_LATER = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final TestCa ca = TestCa.root("Token CA");
    private final TestCa second = TestCa.root("Second Token CA");
    private final TestCa third = TestCa.root("File CA");
    private final KeyPair keys = TestCa.p256();
    private final int admin = FreePort.next();
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir Path directory;

    private SoftHsm hsm;
    private FaultyToken token;
    private Path pin;

    @BeforeEach
    void two_issuers_on_one_token_and_one_with_a_file() throws Exception {
        hsm =
                SoftHsm.in(directory.resolve("hsm"))
                        .withToken("ocsp")
                        .withImported("ocsp", keys.getPrivate(), "responder", "a1");
        token = FaultyToken.before(hsm, directory.resolve("token")).useInThisProcess();
        pin = Files.writeString(directory.resolve("pin"), SoftHsm.PIN);
        KeyPair soft = TestCa.p256();
        Files.writeString(
                directory.resolve("soft.key"),
                TestCa.pem("PRIVATE KEY", soft.getPrivate().getEncoded()));
        TestCa.write(directory.resolve("one.pem"), ca.holder());
        TestCa.write(directory.resolve("two.pem"), second.holder());
        TestCa.write(directory.resolve("soft.pem"), third.holder());
        TestCa.write(directory.resolve("one-responder.pem"), ca.delegate(keys));
        TestCa.write(directory.resolve("two-responder.pem"), second.delegate(keys));
        TestCa.write(directory.resolve("soft-responder.pem"), third.delegate(soft));
        configure("all");
        for (int serial = 1; serial <= SERIALS; serial++) {
            TestCa.write(
                    directory.resolve("leaves").resolve(serial + ".pem"),
                    ca.issue(BigInteger.valueOf(serial)));
        }
    }

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    @Requirement({"RP-06", "KP-01"})
    void no_bad_signature_leaves_or_is_kept_and_operators_are_told() throws Exception {
        try (RunningServer running = start()) {
            load();
            for (int serial = 1; serial <= 3; serial++) {
                assertThat(ask(running, serial)).isZero();
            }
            token.mode("flip");
            for (int serial = 4; serial <= SERIALS; serial++) {
                assertThat(ask(running, serial)).isEqualTo(TRY_LATER);
            }
            assertThat(ask(running, 1)).as("answered before").isZero();
            assertThat(until("signing one: SIGNATURE_INVALID", () -> get("/readyz").body()))
                    .contains("\"ready\":false")
                    .contains("answers signed before are still served")
                    .containsPattern("works.*signing soft");
            assertThat(until("alerts_open{severity=\"critical\"} 1", this::metrics))
                    .contains("precertocsp_signing_failing{issuer=\"one\"} 1.0")
                    .contains("precertocsp_signing_failing{issuer=\"soft\"} 0.0")
                    .containsPattern(
                            "signing_refused_total\\{cause=\"signature_invalid\",issuer=\"one\"}"
                                    + " [1-9]");
        }
        token.mode("right");
        try (RunningServer running = start()) {
            for (int serial = 1; serial <= SERIALS; serial++) {
                assertThat(ask(running, serial)).isZero();
            }
        }
    }

    @Test
    @Requirement("KP-01")
    void lost_token_is_told_and_answers_signed_before_keep_the_server_ready_where_that_is_wanted()
            throws Exception {
        configure("any");
        try (RunningServer running = start()) {
            load();
            assertThat(ask(running, 1)).isZero();
            hsm.vanish();
            assertThat(ask(running, 2)).isEqualTo(TRY_LATER);
            assertThat(ask(running, second, 2)).isEqualTo(TRY_LATER);
            assertThat(until("KEY_FAILED", () -> get("/readyz").body()))
                    .contains("\"ready\":true")
                    .contains("\"degraded\":[\"signing one: KEY_FAILED: ");
            assertThat(get("/readyz").statusCode()).isEqualTo(200);
            assertThat(until("alerts_open{severity=\"critical\"} ", this::metrics)).isNotEmpty();
            assertThat(ask(running, 1)).isZero();

            hsm.comeBack();
            assertThat(until("\"degraded\":[]", () -> get("/readyz").body()))
                    .contains("signing one");
            assertThat(ask(running, 2)).isZero();
        }
    }

    @Test
    void wrong_pin_is_tried_once_by_start_check_and_inspection_of_all_issuers() throws Exception {
        Files.writeString(pin, "11110000");
        assertThatThrownBy(this::start)
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("one: ")
                .hasMessageContaining("two: ");
        assertThat(token.refusedLogins()).isEqualTo(1);

        Files.writeString(pin, "22220000");
        assertThat(command("config", "check", "-c", file().toString())).isEqualTo(1);
        assertThat(token.refusedLogins()).isEqualTo(2);

        Files.writeString(pin, "33330000");
        assertThat(command("key", "inspect", "-c", file().toString())).isEqualTo(1);
        assertThat(token.refusedLogins()).isEqualTo(3);
    }

    @Test
    void wrong_pin_of_a_running_server_is_tried_once_and_recovers_when_it_is_mended()
            throws Exception {
        try (RunningServer running = start()) {
            load();
            assertThat(ask(running, 1)).isZero();
            hsm.vanish();
            assertThat(ask(running, 2)).isEqualTo(TRY_LATER);
            assertThat(ask(running, second, 2)).isEqualTo(TRY_LATER);
            Files.writeString(pin, "11110000");
            hsm.comeBack();
            assertThat(until("rejects the PIN", () -> get("/readyz").body()))
                    .doesNotContain("11110000");
            for (int serial = 2; serial < SERIALS; serial++) {
                assertThat(ask(running, serial)).isEqualTo(TRY_LATER);
            }
            TimeUnit.SECONDS.sleep(2); // of probes
            assertThat(token.refusedLogins()).isEqualTo(1);

            running.reload();
            until("2", () -> String.valueOf(token.refusedLogins()));
            TimeUnit.SECONDS.sleep(1);
            assertThat(token.refusedLogins()).as("one more at SIGHUP").isEqualTo(2);

            Files.writeString(pin, SoftHsm.PIN);
            running.reload();
            assertThat(until("\"ready\":true", () -> get("/readyz").body()))
                    .contains("signing two");
            assertThat(ask(running, 2)).isZero();
            assertThat(token.refusedLogins()).isEqualTo(2);
        }
    }

    @Test
    void another_key_label_in_the_configuration_is_taken_up_at_sighup() throws Exception {
        try (RunningServer running = start()) {
            load();
            assertThat(ask(running, 1)).isZero();
            KeyPair next = TestCa.p256();
            hsm.withImported("ocsp", next.getPrivate(), "next", "a2");
            TestCa.write(directory.resolve("one-next.pem"), ca.delegate(next));
            String before = Files.readString(file());
            Files.writeString(file(), "no: configuration");
            running.reload();
            assertThat(ask(running, 2)).isZero();

            Files.writeString(
                    file(),
                    before.replace("label: responder", "label: next")
                            .replace("one-responder.pem", "one-next.pem"));
            running.reload();
            AtomicLong serial = new AtomicLong(1_000);
            until(
                    "true",
                    () ->
                            String.valueOf(
                                    verifies(
                                            respond(running, ca, serial.getAndIncrement()), next)));
            // The other issuer's certificate is not the new key's, so its old one stays.
            assertThat(ask(running, second, 3)).isZero();
        }
    }

    @Test
    @Requirement("KP-05")
    void every_use_of_a_key_that_the_token_counts_is_in_our_records() throws Exception {
        try (RunningServer running = start()) {
            for (long serial = 1; serial <= SERIALS; serial++) {
                assertThat(ask(running, serial)).isZero();
                assertThat(ask(running, second, serial)).isZero();
            }
        }
        StringWriter journal = new StringWriter();
        CommandLine signatures = Main.commandLine(CLOCK);
        signatures.setOut(new PrintWriter(journal));
        assertThat(
                        signatures.execute(
                                "audit",
                                "signatures",
                                "-c",
                                file().toString(),
                                "--key",
                                directory.resolve("one-responder.pem").toString(),
                                "--json"))
                .isZero();

        long ofToken = journal.toString().lines().count();
        // Each of two issuers opened its key once, and had it sign twice to prove itself.
        assertThat(token.calls().stream().filter("C_Sign"::equals).count())
                .isEqualTo(ofToken + 2 * 2);
        assertThat(ofToken).isGreaterThanOrEqualTo(2L * SERIALS);
    }

    private RunningServer start() throws Exception {
        return new Wiring(CLOCK).launcher().start(ConfigReader.read(file()));
    }

    private void load() {
        assertThat(
                        command(
                                "load",
                                "certificates",
                                "-c",
                                file().toString(),
                                directory.resolve("leaves").toString()))
                .isZero();
    }

    private static int command(String... words) {
        return Main.commandLine(CLOCK, words).execute(words);
    }

    /// The status of the answer, whose signature verifies if it has one.
    private int ask(RunningServer running, long serial) throws Exception {
        return ask(running, ca, serial);
    }

    private int ask(RunningServer running, TestCa issuer, long serial) throws Exception {
        OCSPResp response = respond(running, issuer, serial);
        assertThat(response.getStatus() != 0 || verifies(response, keys)).isTrue();
        return response.getStatus();
    }

    private OCSPResp respond(RunningServer running, TestCa issuer, long serial) throws Exception {
        CertificateID asked =
                new CertificateID(
                        new BcDigestCalculatorProvider()
                                .get(new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1)),
                        issuer.holder(),
                        BigInteger.valueOf(serial));
        byte[] request = new OCSPReqBuilder().addRequest(asked).build().getEncoded();
        int port = running.addresses().getFirst().getPort();
        return new OCSPResp(
                send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port))
                                        .header("Content-Type", "application/ocsp-request")
                                        .POST(HttpRequest.BodyPublishers.ofByteArray(request)),
                                HttpResponse.BodyHandlers.ofByteArray())
                        .body());
    }

    private static boolean verifies(OCSPResp response, KeyPair signer) throws Exception {
        return ((BasicOCSPResp) response.getResponseObject())
                .isSignatureValid(
                        new JcaContentVerifierProviderBuilder().build(signer.getPublic()));
    }

    private String metrics() throws Exception {
        return get("/metrics").body();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path)),
                HttpResponse.BodyHandlers.ofString());
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
            throws Exception {
        return http.send(request.build(), body);
    }

    /// Looks until the text is there.
    private static String until(String wanted, Callable<String> look) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String seen = look.call();
        while (!seen.contains(wanted) && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(50);
            seen = look.call();
        }
        assertThat(seen).contains(wanted);
        return seen;
    }

    private void configure(String signing) throws IOException {
        Files.createDirectories(directory.resolve("leaves"));
        Files.writeString(
                file(),
                """
                store: {directory: store}
                spool: {poll: 50ms}
                http: {listen: ["127.0.0.1:0"]}
                admin: {listen: "127.0.0.1:%1$d", ready: {signing: %2$s}}
                answers: {unassigned: unknown}
                issuers:
                  - name: one
                    certificates: one.pem
                    profile: private
                    responder:
                      certificate: one-responder.pem
                      key: &token
                        pkcs11: {library: %3$s, token: ocsp, label: responder, pin: {file: pin}}
                  - name: two
                    certificates: two.pem
                    profile: private
                    responder: {certificate: two-responder.pem, key: *token}
                  - name: soft
                    certificates: soft.pem
                    profile: private
                    responder: {certificate: soft-responder.pem, key: {pem: {file: soft.key}}}
                """
                        .formatted(admin, signing, token.library()));
    }

    private Path file() {
        return directory.resolve("precert-ocsp.yaml");
    }
}
