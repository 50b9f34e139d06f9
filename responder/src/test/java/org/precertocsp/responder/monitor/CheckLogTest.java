package org.precertocsp.responder.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.responder.cli.CheckCommand;
import org.precertocsp.responder.cli.CommandEnvironment;
import org.precertocsp.responder.ctlog.TestLog;
import org.precertocsp.responder.ctlog.TestLogServer;
import picocli.CommandLine;

/// `check --ct-log`: a log's newest precertificates, against a responder that knows one of them.
final class CheckLogTest {
    private static final FaultyCredentials CREDENTIALS =
            FaultyCredentials.with(ResponderFault.NONE);
    private static final TestCa STRANGER = TestCa.root("Some other CA");
    private static final KeyPair SUBJECT = TestCa.p256();
    private static final BigInteger UNKNOWN = BigInteger.ONE.shiftLeft(100);

    @TempDir Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final TestLog log = new TestLog(TestCa.p256());
    private final FaultyResponder responder =
            new FaultyResponder(
                    ResponderFault.NONE, new FaultyAnswers(ResponderFault.NONE, CREDENTIALS));

    @BeforeEach
    void fill_log() throws IOException {
        TestCa ca = CREDENTIALS.ca();
        log.addStrangers(1_500);
        log.addPrecertificate(ca, ca, UNKNOWN, SUBJECT);
        log.addStrangers(1_200);
        log.addPrecertificate(ca, ca, FaultyAnswers.ASSIGNED, SUBJECT);
        log.addPrecertificate(STRANGER, STRANGER, UNKNOWN.add(BigInteger.ONE), SUBJECT);
        log.addStrangers(10);
        TestCa.write(directory.resolve("issuer.pem"), ca.holder());
    }

    @AfterEach
    void close() {
        responder.close();
    }

    private TestLogServer serve(TestLogServer.Api api) {
        return new TestLogServer(api, log, Instant.now());
    }

    private int check(TestLogServer server, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--ct-log",
                                server.url().toString(),
                                "--key",
                                TestLog.base64(log.keys().getPublic().getEncoded()),
                                "--url",
                                responder.url()));
        words.addAll(List.of(more));
        return run(words.toArray(String[]::new));
    }

    private int run(String... words) {
        CommandEnvironment surroundings =
                new CommandEnvironment(
                        InstantSource.system(),
                        InputStream.nullInputStream(),
                        Optional.empty(),
                        _ -> {});
        CommandLine line = CheckCommand.line(surroundings);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        return line.execute(words);
    }

    private String issuer() {
        return directory.resolve("issuer.pem").toString();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"CT-08", "CT-09", "SA-01"})
    void newest_precertificates_of_the_issuer_are_judged(TestLogServer.Api api) throws IOException {
        try (TestLogServer server = serve(api)) {
            check(server, "--issuer", issuer(), "--last", "2", "--json");
        }

        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.get("problems")).as(err.toString()).isEmpty();
        assertThat(report.get("serials")).hasSize(2);
        assertThat(report.get("serials").get(0).get("name").asText()).endsWith(" entry 2701");
        assertThat(report.get("serials").get(0).get("status").asText()).contains("good");
        assertThat(report.get("serials").get(1).get("name").asText()).endsWith(" entry 1500");
        assertThat(report.get("promptness").get("answeredNow").asInt()).isEqualTo(1);
        assertThat(report.get("promptness").get("overdue").asInt()).isEqualTo(1);
        assertThat(err.toString()).contains("2 precertificates in its newest", "all proven");
    }

    @Test
    void only_as_many_are_judged_as_wanted_and_reached() {
        try (TestLogServer server = serve(TestLogServer.Api.STATIC)) {
            assertThat(check(server, "--issuer", issuer(), "--last", "1", "--failures")).isZero();
            assertThat(out.toString())
                    .contains("1 checked")
                    .contains("1 answered but requested later, 0 overdue");
            check(server, "--issuer", issuer(), "--last", "2", "--reach", "500");
            assertThat(err.toString()).contains("1 precertificates in its newest");
        }
    }

    @Test
    void without_an_issuer_every_precertificate_counts_and_its_issuer_is_found_in_the_log() {
        log.addPrecertificate(CREDENTIALS.ca(), CREDENTIALS.ca(), FaultyAnswers.ASSIGNED, SUBJECT);
        try (TestLogServer server = serve(TestLogServer.Api.STATIC)) {
            check(server, "--last", "1", "--failures");
        }

        assertThat(out.toString()).contains("1 checked, 0 with failures");
    }

    @Test
    void precertificates_that_name_no_service_are_noted_and_no_problem_without_url() {
        try (TestLogServer server = serve(TestLogServer.Api.RFC6962)) {
            int code =
                    run(
                            "--ct-log",
                            server.url().toString(),
                            "--key",
                            TestLog.base64(log.keys().getPublic().getEncoded()),
                            "--issuer",
                            issuer(),
                            "--last",
                            "1");

            assertThat(code).as("nothing was asked").isEqualTo(3);
            assertThat(err.toString()).contains("1 of them name no OCSP service");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"CT-08", "CT-09"})
    void nothing_of_a_tampered_log_is_judged(TestLogServer.Api api) {
        try (TestLogServer server = serve(api)) {
            server.fail(TestLogServer.Fault.TAMPERED_ENTRY);

            assertThat(check(server, "--issuer", issuer(), "--last", "20")).isEqualTo(3);
            assertThat(out.toString()).contains("0 checked");
            assertThat(err.toString()).contains("cannot be trusted");
        }
    }

    @Test
    void precertificate_that_is_not_the_one_in_its_leaf_is_told() {
        try (TestLogServer server = serve(TestLogServer.Api.STATIC)) {
            server.fail(TestLogServer.Fault.WRONG_PRECERTIFICATE);

            assertThat(check(server, "--issuer", issuer(), "--last", "1")).isEqualTo(3);
            assertThat(err.toString()).contains("entry 2701");
        }
    }

    @Test
    void wrong_usage_is_told() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("--ct-log", "https://ct.example/")).isEqualTo(2);
        assertThat(run("--ct-log", "ct.example", "--key", "a")).isEqualTo(2);
        assertThat(run("file.pem", "--key", "a")).isEqualTo(2);
        assertThat(run("--ct-log", "https://ct.example/", "--key", "a", "--last", "0"))
                .isEqualTo(2);
    }
}
