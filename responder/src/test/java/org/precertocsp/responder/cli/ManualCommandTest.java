package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

final class ManualCommandTest {
    @TempDir Path share;

    /// A command with all that a page must show or escape.
    @Command(
            name = "weigh",
            description = {
                ".dots and back\\slashes are text;",
                "@|bold marks|@ fall away.",
                "",
                "100%%"
            },
            exitCodeList = "7:too heavy",
            footer = "  precert-ocsp weigh --most 3 feather")
    private static final class WeighCommand implements Runnable {
        @Option(names = "--most", paramLabel = "GRAMS", description = "Limit (default: none).")
        private String most = "";

        @Option(names = "--secret", hidden = true, description = "unseen")
        private boolean secret;

        @Parameters(paramLabel = "THING", arity = "1..*", description = "what to weigh")
        private String[] things = {};

        @Override
        public void run() {
            throw new IllegalStateException(most + secret + things.length);
        }
    }

    @Test
    void page_shows_what_the_help_shows() throws IOException {
        assertThat(page())
                .startsWith(".TH \"PRECERT\\-OCSP\" \"1\"")
                .contains(".SS \"precert\\-ocsp weigh\"")
                .contains("\\fB\\-\\-most\\fR \\fIGRAMS\\fR\nLimit (default: none).")
                .contains("\\fITHING\\fR...\nwhat to weigh")
                .contains("\\fB7\\fR\ntoo heavy")
                .contains("precert\\-ocsp weigh \\-\\-most 3 feather")
                .doesNotContain("unseen")
                .doesNotContain("\\-\\-secret")
                .doesNotContain("DIRECTORY");
    }

    @Test
    void text_is_never_taken_for_roff() throws IOException {
        assertThat(page())
                .contains(
                        """
                        \\&.dots and back\\eslashes are text;
                        marks fall away.
                        .PP
                        100%
                        """);
    }

    @Test
    void completion_is_a_shell_script_that_knows_commands_and_options() throws Exception {
        write();
        Path script = share.resolve("bash-completion/completions/precert-ocsp");

        Process bash =
                new ProcessBuilder(
                                "bash",
                                "-c",
                                """
                                compopt() { :; } # knows its work only while somebody types
                                source "$1"
                                COMP_WORDS=(precert-ocsp weigh --m); COMP_CWORD=2
                                _complete_precert-ocsp
                                echo "${COMPREPLY[@]}"
                                """,
                                "completion",
                                script.toString())
                        .redirectErrorStream(true)
                        .start();

        assertThat(bash.inputReader().readLine()).isEqualTo("--most");
        assertThat(bash.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    private String page() throws IOException {
        write();
        return Files.readString(share.resolve("man/man1/precert-ocsp.1"));
    }

    private void write() {
        CommandLine program = PrecertOcspCommand.of(new WeighCommand());
        assertThat(program.execute("manual", share.toString())).isZero();
    }
}
