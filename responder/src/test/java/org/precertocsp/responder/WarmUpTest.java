package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.TestCa;
import org.precertocsp.responder.cli.RunningServer;
import org.precertocsp.responder.config.ConfigReader;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/// What a server does before its first client, and that nobody can tell afterwards.
final class WarmUpTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final List<String> SERIALS = List.of("4711", "4712", "4713");

    @TempDir static Path directory;

    private static int admin;

    @BeforeAll
    static void make_a_store_with_serials() throws Exception {
        admin = FreePort.next();
        TestCa ca = TestCa.root("CA");
        KeyPair signer = TestCa.p256();
        TestCa.write(directory.resolve("ca.pem"), ca.holder());
        ca.writeSigner(directory, signer);
        List<String> load = new ArrayList<>(List.of("load", "certificates", "-c", file("0s")));
        for (String serial : SERIALS) {
            Path leaf = directory.resolve(serial + ".pem");
            TestCa.write(
                    leaf,
                    ca.certificate(
                            new BigInteger(serial, 16),
                            TestCa.name("leaf"),
                            TestCa.p256(),
                            builder -> {}));
            load.add(leaf.toString());
        }
        assertThat(Main.commandLine(CLOCK).execute(load.toArray(String[]::new))).isZero();
    }

    @Test
    void requests_of_its_own_leave_no_trace() throws Exception {
        String page;
        try (Log log = new Log();
                RunningServer running =
                        new Wiring(CLOCK).launcher().start(ConfigReader.read(path("10s")))) {
            assertThat(running.addresses()).hasSize(1);
            // Each serial twice in each round.
            assertThat(log.lines()).singleElement().asString().startsWith("120 requests ");
            page = metrics();
        }

        assertThat(page.lines())
                .noneMatch(line -> line.startsWith("precertocsp_requests_total"))
                .contains(
                        "precertocsp_answer_layer_asked_total{layer=\"memory\"} 0.0",
                        "precertocsp_answer_layer_asked_total{layer=\"disk\"} 0.0",
                        "precertocsp_answer_layer_asked_total{layer=\"signer\"} 0.0",
                        "precertocsp_response_age_seconds_count 0");
        assertThat(run("audit", "signatures", "-c", file("10s"))).doesNotContain(SERIALS);
        assertThat(
                        run(
                                "status",
                                "-c",
                                file("10s"),
                                "--issuer",
                                directory.resolve("ca.pem").toString(),
                                "4711"))
                .contains("good");
    }

    @Test
    void no_time_means_no_requests() throws Exception {
        try (Log log = new Log();
                RunningServer running =
                        new Wiring(CLOCK).launcher().start(ConfigReader.read(path("0s")))) {
            assertThat(running.addresses()).hasSize(1);
            assertThat(log.lines()).isEmpty();
        }
    }

    /// What the class under test logs.
    private static final class Log implements AutoCloseable {
        private final Logger logger = (Logger) LoggerFactory.getLogger(WarmUp.class);
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

        Log() {
            logger.setLevel(Level.DEBUG);
            appender.start();
            logger.addAppender(appender);
        }

        List<String> lines() {
            return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        }

        @Override
        public void close() {
            logger.detachAppender(appender);
            logger.setLevel(null);
        }
    }

    private static String run(String... arguments) {
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine(CLOCK, arguments).setOut(new PrintWriter(out));
        assertThat(line.execute(arguments)).as(out.toString()).isZero();
        return out.toString();
    }

    private static Path path(String warmUp) throws IOException {
        return Path.of(file(warmUp));
    }

    private static String file(String warmUp) throws IOException {
        return Files.writeString(
                        directory.resolve(warmUp + ".yaml"),
                        """
                        store: {directory: store}
                        spool: {poll: 50ms}
                        http: {listen: ["127.0.0.1:0"]}
                        admin: {listen: "127.0.0.1:%d"}
                        answers: {warmUp: %s}
                        issuers:
                          - name: one
                            certificates: ca.pem
                            profile: private
                            presign: none
                            responder: {certificate: signer.pem, key: {pem: {file: signer.key}}}
                        """
                                .formatted(admin, warmUp))
                .toString();
    }

    private static String metrics() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + admin + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
