package org.precertocsp.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.loadtest.SignedAnswers;
import org.precertocsp.loadtest.StubResponder;
import org.precertocsp.loadtest.StubResponder.Deed;
import org.precertocsp.ocsp.Serial;
import picocli.CommandLine;

final class RunCommandTest {
    private static final TestCa CA = TestCa.root("Load Test CA");

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
    private final SignedAnswers answers =
            new SignedAnswers(CA, Instant.now().minusSeconds(60))
                    .good(Serial.ofHex("1234"))
                    .revoked(Serial.ofHex("5678"));

    @BeforeEach
    void writeCorpus() throws IOException {
        TestCa.write(folder.resolve("issuer.pem"), CA.holder());
        Files.writeString(
                folder.resolve("serials.csv"), "serial,status\n1234,good\n5678,revoked\n");
    }

    @Test
    void a_run_prints_its_table_and_writes_its_files() throws IOException {
        Path json = folder.resolve("r.json");
        Path log = folder.resolve("r.hlog");
        Path html = folder.resolve("r.html");

        int code =
                run(
                        Deed.SIGN,
                        "--rate=100",
                        "--json=" + json,
                        "--histogram=" + log,
                        "--html=" + html);

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("answers/s", "p99.9", "100/s");
        assertThat(json).content().contains("\"completed\" : 100", "\"p99.9\" :");
        assertThat(log).content().contains("Tag=100/s,");
        assertThat(html).content().contains("<svg", "</html>").doesNotContain("src=", "href=");
        assertThat(progress.toString(StandardCharsets.UTF_8)).contains(" of 1 s: ", "0 wrong");
    }

    @Test
    void wrong_answers_make_the_exit_code_one() throws IOException {
        assertThat(run(Deed.SIGN_FALSELY, "--rate=50")).isEqualTo(1);
        assertThat(out.toString())
                .contains("WRONG: ", "serial 1234", "expected good, received revoked");
    }

    @Test
    void failed_requests_make_it_three() throws IOException {
        assertThat(run(Deed.ERROR_500, "--rate=50")).isEqualTo(3);
        assertThat(out.toString()).contains("failed: 50 http status");
    }

    @Test
    void nobody_listening_makes_it_three() {
        assertThat(execute("--url=http://127.0.0.1:1/", "--corpus=" + folder)).isEqualTo(3);
        assertThat(err.toString()).contains("cannot connect to 127.0.0.1 port 1");
    }

    @Test
    void usage_that_makes_no_sense_makes_it_two() {
        String url = "--url=http://127.0.0.1:1/";
        String corpus = "--corpus=" + folder;

        assertThat(execute(url)).isEqualTo(2);
        assertThat(execute(url, corpus, "--rate=5", "--find-maximum")).isEqualTo(2);
        assertThat(execute(url, corpus, "--get-share=1.5")).isEqualTo(2);
        assertThat(execute(url, corpus, "--duration=soon")).isEqualTo(2);
        assertThat(execute("--url=https://x/", corpus)).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "name one of --serials",
                        "exclude each other",
                        "share of get is between 0 and 1",
                        "'soon' is not a duration",
                        "plain HTTP",
                        "Help: precert-load run --help");
    }

    @Test
    void the_maximum_is_searched_in_both_ways() throws IOException {
        int code = run(Deed.SIGN, "--find-maximum", "--p99-limit=5000");

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("saturated", "/s");
    }

    @Test
    void help_has_examples() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains("Examples:", "--find-maximum", "Serials to request:");
    }

    private int run(Deed deed, String... more) throws IOException {
        try (StubResponder responder = StubResponder.of(answers, _ -> deed)) {
            List<String> arguments =
                    new ArrayList<>(
                            List.of(
                                    "--url=" + responder.url(),
                                    "--corpus=" + folder,
                                    "--warm-up=0s",
                                    "--duration=1s",
                                    "--connections=4"));
            arguments.addAll(List.of(more));
            return execute(arguments.toArray(String[]::new));
        }
    }

    private int execute(String... arguments) {
        PrintStream stream = new PrintStream(progress, true, StandardCharsets.UTF_8);
        CommandLine line = PrecertLoadCommand.of(new RunCommand(new ErrorTerminal(stream, false)));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(List.of(arguments));
        return line.execute(all.toArray(String[]::new));
    }
}
