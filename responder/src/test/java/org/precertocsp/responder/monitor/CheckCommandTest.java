package org.precertocsp.responder.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.responder.cli.CheckCommand;
import org.precertocsp.responder.cli.CommandEnvironment;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import picocli.CommandLine;

/// `check` as it is typed, against a responder on the wire.
final class CheckCommandTest {
    private static final FaultyCredentials CREDENTIALS =
            FaultyCredentials.with(ResponderFault.NONE);

    @TempDir Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void write_certificates() throws Exception {
        TestCa.write(
                directory.resolve("precertificate.pem"),
                CREDENTIALS.ca().precertificate(FaultyAnswers.ASSIGNED));
        TestCa.write(directory.resolve("issuer.pem"), CREDENTIALS.ca().holder());
    }

    @Test
    void sound_responder_gets_a_line_for_every_rule_and_exit_code_0() {
        int code = check(ResponderFault.NONE);

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("precertificate.pem: precertificate ")
                .contains("pass  SS-09  a precertificate is answered as its certificate would be")
                .contains("n/a   TF-10")
                .contains("1 checked, 0 with failures, 0 could not be checked")
                .doesNotContain("FAIL", "warn  ");
    }

    @Test
    void fault_gets_its_line_and_exit_code_1() {
        int code = check(ResponderFault.GOOD_FOR_RANDOM_SERIALS, "--failures");

        assertThat(code).isEqualTo(1);
        assertThat(out.toString())
                .contains("FAIL  SS-04  random serial never good — random serial, POST SHA-1: good")
                .contains("1 checked, 1 with failures")
                .doesNotContain("pass  ");
    }

    @Test
    void recommendation_not_followed_counts_only_if_strict() {
        assertThat(check(ResponderFault.BY_NAME)).isZero();
        assertThat(check(ResponderFault.BY_NAME, "--strict")).isEqualTo(1);
        assertThat(out.toString()).contains("warn  RP-07");
    }

    @Test
    void json_tells_the_same_on_one_line() throws Exception {
        int code = check(ResponderFault.NEXT_UPDATE_MISSING, "--json");

        assertThat(code).isEqualTo(1);
        assertThat(out.toString().strip()).doesNotContain("\n");
        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.get("asked").asInt()).isEqualTo(1);
        assertThat(report.get("failed").asInt()).isEqualTo(1);
        assertThat(report.get("problems")).isEmpty();
        JsonNode serial = report.get("serials").get(0);
        assertThat(serial.get("serial").asText())
                .isEqualToIgnoringCase(FaultyAnswers.ASSIGNED.toString(16));
        assertThat(serial.get("kind").asText()).isEqualTo("precertificate");
        assertThat(serial.get("status").asText()).isEqualTo("good");
        assertThat(serial.get("rules"))
                .filteredOn(rule -> rule.get("verdict").asText().equals("fail"))
                .singleElement()
                .satisfies(
                        rule -> {
                            assertThat(rule.get("rule").asText()).isEqualTo("RP-11");
                            assertThat(rule.get("clause").asText()).contains("RFC 9919");
                            assertThat(rule.get("seen").asText()).contains("no nextUpdate");
                        });
    }

    @Test
    void junit_file_has_a_suite_for_each_serial_and_counts_its_failures() throws Exception {
        Path file = directory.resolve("check.xml");
        int code = check(ResponderFault.FRACTIONAL_SECONDS, "--junit", file.toString());

        assertThat(code).isEqualTo(1);
        Document xml =
                DocumentBuilderFactory.newDefaultInstance()
                        .newDocumentBuilder()
                        .parse(file.toFile());
        Element suite = (Element) xml.getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getElementsByTagName("testcase").getLength())
                .isEqualTo(Integer.parseInt(suite.getAttribute("tests")));
        assertThat(suite.getElementsByTagName("skipped").getLength())
                .isEqualTo(Integer.parseInt(suite.getAttribute("skipped")));
        Element failure = (Element) xml.getElementsByTagName("failure").item(0);
        assertThat(((Element) failure.getParentNode()).getAttribute("name")).startsWith("RP-12 ");
    }

    @Test
    void who_answers_nobody_fails_though_no_answer_is_owed_there() {
        int code = run("--url", "http://127.0.0.1:1", "--timeout", "5s", "--failures");

        assertThat(code).isEqualTo(1);
        assertThat(out.toString())
                .contains("FAIL  SA-18", "warn  SA-01", "Connection refused")
                .doesNotContain("HT-01", "TF-17");
    }

    @Test
    void certificate_that_names_no_service_needs_url() {
        assertThat(run()).isEqualTo(3);
        assertThat(err.toString())
                .contains("names no OCSP service; give the responder's address with --url");
    }

    @Test
    void metrics_without_watch_are_wrong_usage() {
        assertThat(run("--metrics-listen", "127.0.0.1:0")).isEqualTo(2);
        assertThat(err.toString()).contains("--metrics-listen needs --watch");
    }

    @Test
    void watch_asks_again_and_serves_the_last_round_as_metrics() {
        List<String> pages = new ArrayList<>();
        try (FaultyResponder responder = responder(ResponderFault.NEXT_UPDATE_MISSING)) {
            CommandEnvironment surroundings =
                    surroundings(
                            _ -> {
                                pages.add(metrics());
                                if (pages.size() == 2) {
                                    throw new InterruptedException();
                                }
                            });
            int code =
                    run(
                            surroundings,
                            "--url",
                            responder.url(),
                            "--watch",
                            "5m",
                            "--metrics-listen",
                            "127.0.0.1:0");

            assertThat(code).as(err.toString()).isEqualTo(1);
            // The command was interrupted, the test is not.
            assertThat(Thread.interrupted()).isTrue();
            assertThat(pages.getFirst()).contains("precert_ocsp_check_rounds_total 1\n");
            assertThat(pages.getLast())
                    .contains("precert_ocsp_check_rounds_total 2\n")
                    .contains("precert_ocsp_check_problems 0\n")
                    .contains("failed_serials{url=\"" + responder.url() + "\"} 1\n")
                    .contains("rule=\"RP-11\",url=\"" + responder.url() + "\"} 1\n")
                    .contains("rule=\"SA-01\",url=\"" + responder.url() + "\"} 0\n");
        }
    }

    private String metrics() {
        String url = err.toString().replaceFirst("(?s).*metrics at (\\S+).*", "$1");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(url)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int check(ResponderFault fault, String... more) {
        try (FaultyResponder responder = responder(fault)) {
            List<String> words = new ArrayList<>(List.of("--url", responder.url()));
            words.addAll(List.of(more));
            return run(words.toArray(String[]::new));
        }
    }

    /// All faults share the first one's keys here; none of those used is a fault of the delegate.
    private static FaultyResponder responder(ResponderFault fault) {
        return new FaultyResponder(fault, new FaultyAnswers(fault, CREDENTIALS));
    }

    private int run(String... more) {
        return run(surroundings(_ -> {}), more);
    }

    private int run(CommandEnvironment surroundings, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                directory.resolve("precertificate.pem").toString(),
                                "--issuer",
                                directory.resolve("issuer.pem").toString()));
        words.addAll(List.of(more));
        CommandLine line = CheckCommand.line(surroundings);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        return line.execute(words.toArray(String[]::new));
    }

    private static CommandEnvironment surroundings(CommandEnvironment.Pause pause) {
        return new CommandEnvironment(
                InstantSource.system(), InputStream.nullInputStream(), Optional.empty(), pause);
    }
}
