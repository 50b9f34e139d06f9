package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.io.InputStream;
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
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.Requirement;
import org.precertocsp.SharedLibrary;
import org.precertocsp.TestCa;
import org.precertocsp.TestJvm;
import org.precertocsp.responder.cli.AuditCommand;
import org.precertocsp.responder.cli.CommandEnvironment;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.cli.ServerLauncher;
import org.precertocsp.responder.config.ConfigReader;
import picocli.CommandLine;

/// A whole responder under a wall clock that is set: while it runs and between two runs, in both
/// directions. Whatever the clock says, no answer has a thisUpdate in the true future, and none is
/// older than what was signed before.
final class WrongClockFaultTest {
    private static final Instant START = Instant.parse("2026-02-01T12:00:00Z");
    private static final List<Duration> FORWARD =
            steps(Duration.ofHours(1), Duration.ofSeconds(30), Duration.ofHours(9));
    private static final List<Duration> BACK =
            steps(Duration.ofHours(-1), Duration.ofSeconds(-30), Duration.ofMinutes(-100));
    private static final Path SHIFTED_CLOCK = Path.of("responder/src/test/c/shifted_clock.c");
    private static final int STRANGER = 0x7777;
    private static final int GOOD = 0;
    private static final int TRY_LATER = 3;
    private static final int UNAUTHORIZED = 6;

    /// The first alone in the usual build.
    private static List<Duration> steps(Duration... steps) {
        return List.of(steps).subList(0, Integer.getInteger("faults", 1) > 1 ? steps.length : 1);
    }

    /// @param status of the OCSPResponse
    private record Reply(int status, Instant thisUpdate, Instant nextUpdate) {}

    @TempDir Path directory;

    private final AtomicReference<Instant> wall = new AtomicReference<>(START);
    private final AtomicLong nanos = new AtomicLong();
    private final HttpClient http = HttpClient.newHttpClient();
    private int admin;
    private TestCa ca;

    @BeforeEach
    void configure() throws IOException {
        admin = FreePort.next();
        ca = TestCa.root("Clock CA");
        TestCa.write(directory.resolve("ca.pem"), ca.holder());
        ca.writeSigner(directory);
        Files.writeString(
                directory.resolve("serials.csv"),
                IntStream.range(1, 100)
                        .mapToObj("one,%02x,good"::formatted)
                        .collect(Collectors.joining("\n", "issuer,serial_hex,status\n", "\n")));
        Files.writeString(
                file(),
                """
                store: {directory: store}
                http: {listen: ["127.0.0.1:0"]}
                admin: {listen: "127.0.0.1:%d"}
                issuers:
                  - name: one
                    certificates: ca.pem
                    profile: private
                    validity: 2d
                    responder: {certificate: signer.pem, key: {pem: {file: signer.key}}}
                """
                        .formatted(admin));
        assertThat(
                        Main.commandLine(wall::get)
                                .execute(
                                        "load",
                                        "csv",
                                        "-c",
                                        file().toString(),
                                        directory.resolve("serials.csv").toString()))
                .isZero();
    }

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    @Requirement({"TF-12", "TF-14"})
    void a_clock_that_is_set_while_running_leaves_no_answer_from_the_future() throws Exception {
        try (RunningServer running = start()) {
            Reply old = ask(running, 1);
            pass(Duration.ofHours(2));
            Instant now = wall.get();
            Reply young = ask(running, 2);
            int next = 3;
            for (Duration step : FORWARD) {
                set(step);
                awaitAlerts(1);
                assertThat(ask(running, 1)).as(step + ", cached").isEqualTo(old);
                Reply fresh = ask(running, next);
                assertThat(fresh.status()).isEqualTo(GOOD);
                assertThat(fresh.thisUpdate()).as("by no clock in the future").isEqualTo(now);
                assertThat(ready()).contains("200");

                set(step.negated());
                awaitAlerts(0);
                assertThat(ask(running, 1)).isEqualTo(old);
                assertThat(ask(running, next++)).isEqualTo(fresh);
                assertThat(ask(running, next++).status()).isEqualTo(GOOD);
            }
            for (Duration step : BACK) {
                set(step);
                awaitAlerts(1);
                assertThat(ask(running, 1)).as(step + ", signed before").isEqualTo(old);
                assertThat(ask(running, 2).status()).as("from the future").isEqualTo(TRY_LATER);
                assertThat(ask(running, next).status()).isEqualTo(TRY_LATER);
                assertThat(ask(running, STRANGER).status()).isEqualTo(UNAUTHORIZED);
                assertThat(ready()).contains("503", "nothing is signed until then");

                set(step.negated());
                awaitAlerts(0);
                assertThat(ask(running, 2)).isEqualTo(young);
                assertThat(ask(running, next++).status()).isEqualTo(GOOD);
                assertThat(ready()).contains("200");
            }
        }
    }

    @Test
    void a_clock_set_years_forward_is_told_and_forgotten_when_it_is_right_again() throws Exception {
        try (RunningServer running = start()) {
            Reply cached = ask(running, 1);
            set(Duration.ofDays(3 * 365));
            awaitAlerts(1);

            assertThat(ask(running, 1).status()).isEqualTo(TRY_LATER);
            assertThat(ask(running, 2).status()).isEqualTo(TRY_LATER);
            assertThat(ask(running, STRANGER).status()).isEqualTo(UNAUTHORIZED);
            assertThat(ready()).contains("503", "clock", "no answer is valid at both");

            set(Duration.ofDays(-3 * 365));
            awaitAlerts(0);
            assertThat(ask(running, 1)).isEqualTo(cached);
            assertThat(ask(running, 2).status()).isEqualTo(GOOD);
            assertThat(ready()).contains("200");
        }
    }

    @Test
    @Requirement({"TF-12", "TF-14"})
    void a_clock_that_is_back_after_a_restart_signs_nothing_older() throws Exception {
        Duration step = Duration.ofMinutes(25);
        Reply old;
        Reply young;
        try (RunningServer running = start()) {
            old = ask(running, 1);
            pass(Duration.ofHours(1));
            young = ask(running, 2);
        }
        set(step.negated());
        try (RunningServer running = start()) {
            awaitAlerts(1);
            assertThat(ask(running, 1)).isEqualTo(old);
            assertThat(ask(running, 2).status()).isEqualTo(TRY_LATER);
            assertThat(ask(running, 3).status()).isEqualTo(TRY_LATER);
            assertThat(ready()).contains("503", "nothing is signed until then");

            // Two seconds less, as clocks are.
            pass(step.minusSeconds(2));
            awaitAlerts(0);
            assertThat(ask(running, 2)).isEqualTo(young);
            assertThat(ask(running, 3).thisUpdate()).isEqualTo(young.thisUpdate());
            assertThat(ready()).contains("200");
        }
    }

    @Test
    void times_that_never_were_are_forgotten_when_an_operator_says_so() throws Exception {
        set(Duration.ofHours(2));
        try (RunningServer running = start()) {
            assertThat(ask(running, 1).status()).isEqualTo(GOOD);
        }
        set(Duration.ofHours(-2));
        try (RunningServer running = start()) {
            assertThat(ask(running, 2).status()).isEqualTo(TRY_LATER);
        }
        assertThat(audit("verify")).isEqualTo(1);
        assertThat(printed.toString())
                .contains("(START) of " + START, "the clock was set back", "its times");

        try (RunningServer running = start(ServerLauncher.Accepted.CLOCK)) {
            assertThat(ask(running, 1).thisUpdate()).isEqualTo(START);
            assertThat(ask(running, 2).thisUpdate()).isEqualTo(START);
            assertThat(ready()).contains("200");
        }
        assertThat(audit("verify")).as(printed.toString()).isZero();
        try (RunningServer running = start()) {
            assertThat(ask(running, 3).thisUpdate()).isEqualTo(START);
            assertThat(ready()).contains("200");
        }
    }

    @Test
    void years_ahead_nothing_is_pruned_that_was_recorded_a_minute_ago() throws Exception {
        start().close();
        set(Duration.ofDays(5 * 365));

        assertThat(audit("prune", "--before", "2029-01-01")).isEqualTo(1);
        assertThat(printed.toString()).contains("the clock says 2031", "newest record is of 2026");
        assertThat(audit("prune", "--before", "2029-01-01", "--dry-run")).isEqualTo(1);
        assertThat(audit("prune", "--before", "2029-01-01", "--accept-clock")).isZero();
        start().close();
        assertThat(audit("prune", "--before", "2029-01-01"))
                .as("one start does not make the clock right")
                .isEqualTo(1);

        set(Duration.ofDays(-5 * 365).plusHours(20));
        assertThat(audit("prune", "--before", "2024-01-01")).isZero();
    }

    /// The same of the process as users start it: `shifted_clock.c`, preloaded, shifts its wall
    /// clock.
    @Test
    @Requirement({"TF-12", "TF-14"})
    void the_clocks_of_the_system_are_compared() throws Exception {
        Path library = SharedLibrary.compile(SHIFTED_CLOCK, directory.resolve("shifted_clock.so"));
        try (ShiftedServer server = new ShiftedServer(library)) {
            Reply cached = ask(server.port, 1);
            server.shift(3600);
            awaitAlerts(1);
            Instant before = Instant.now();
            assertThat(ask(server.port, 1)).isEqualTo(cached);
            assertThat(ask(server.port, 2).thisUpdate())
                    .isBetween(before.minusSeconds(10), before.plusSeconds(10));
            server.shift(0);
            awaitAlerts(0);
            assertThat(ask(server.port, 3).status()).isEqualTo(GOOD);
        }
        try (ShiftedServer server = new ShiftedServer(library, -1500)) {
            assertThat(ask(server.port, 3).status()).isEqualTo(TRY_LATER);
            assertThat(ready()).contains("503", "nothing is signed until then");
            server.shift(0);
            awaitAlerts(0);
            assertThat(ask(server.port, 3).status()).isEqualTo(GOOD);
        }
    }

    /// Killed when it is closed.
    private final class ShiftedServer implements AutoCloseable {
        private static final String READY = "ready http://127.0.0.1:";

        private final Process process;
        final int port;

        ShiftedServer(Path library) throws IOException {
            this(library, 0);
        }

        ShiftedServer(Path library, long seconds) throws IOException {
            shift(seconds);
            ProcessBuilder builder = TestJvm.of(Main.class, "serve", "-c", file().toString());
            builder.environment().put("LD_PRELOAD", library.toString());
            builder.environment().put("SHIFTED_BY", shifted().toString());
            process = builder.redirectError(directory.resolve("server.log").toFile()).start();
            port =
                    process.inputReader(StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> line.startsWith(READY))
                            .map(line -> Integer.parseInt(line.substring(READY.length())))
                            .findFirst()
                            .orElseThrow();
        }

        private Path shifted() {
            return directory.resolve("shifted");
        }

        void shift(long seconds) throws IOException {
            Path written = Files.writeString(directory.resolve("shifted.new"), seconds + "\n");
            Files.move(written, shifted(), StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void close() {
            var _ = process.destroyForcibly().onExit().join();
        }
    }

    private final StringWriter printed = new StringWriter();

    private int audit(String command, String... arguments) {
        CommandLine line =
                AuditCommand.line(
                        new CommandWiring(wall::get).audit(),
                        new CommandEnvironment(
                                wall::get,
                                InputStream.nullInputStream(),
                                Optional.empty(),
                                _ -> {}));
        printed.getBuffer().setLength(0);
        line.setOut(new PrintWriter(printed));
        line.setErr(new PrintWriter(printed));
        List<String> words = new ArrayList<>(List.of(command, "-c", file().toString()));
        words.addAll(List.of(arguments));
        return line.execute(words.toArray(String[]::new));
    }

    private RunningServer start(ServerLauncher.Accepted accepted) throws Exception {
        return new Wiring(wall::get, nanos::get)
                .launcher()
                .start(ConfigReader.read(file()), Set.of(accepted));
    }

    private RunningServer start() throws Exception {
        return new Wiring(wall::get, nanos::get).launcher().start(ConfigReader.read(file()));
    }

    private void set(Duration by) {
        wall.updateAndGet(now -> now.plus(by));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        set(time);
    }

    private Path file() {
        return directory.resolve("precert-ocsp.yaml");
    }

    private Reply ask(RunningServer running, int serial) throws Exception {
        return ask(running.addresses().getFirst().getPort(), serial);
    }

    private Reply ask(int port, int serial) throws Exception {
        CertificateID asked =
                new CertificateID(
                        new JcaDigestCalculatorProviderBuilder()
                                .build()
                                .get(new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1)),
                        ca.holder(),
                        BigInteger.valueOf(serial));
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                        .header("Content-Type", "application/ocsp-request")
                        .POST(
                                HttpRequest.BodyPublishers.ofByteArray(
                                        new OCSPReqBuilder()
                                                .addRequest(asked)
                                                .build()
                                                .getEncoded()))
                        .build();
        OCSPResp response =
                new OCSPResp(http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
        if (response.getStatus() != GOOD) {
            return new Reply(response.getStatus(), Instant.MIN, Instant.MIN);
        }
        SingleResp single = ((BasicOCSPResp) response.getResponseObject()).getResponses()[0];
        assertThat(single.getCertStatus()).as("good").isNull();
        return new Reply(
                GOOD, single.getThisUpdate().toInstant(), single.getNextUpdate().toInstant());
    }

    private String ready() throws IOException, InterruptedException {
        HttpResponse<String> reply = get("/readyz");
        return reply.statusCode() + " " + reply.body();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void awaitAlerts(int open) {
        String line = "precertocsp_alerts_open{severity=\"critical\"} %d.0".formatted(open);
        await(line, () -> get("/metrics").body().lines().anyMatch(line::equals));
    }
}
