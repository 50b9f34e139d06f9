package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.precertocsp.signer.key.SigningKeyException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

final class PrecertOcspCommandTest {
    /// A command that fails as told.
    @Command(name = "fail")
    private static final class FailCommand implements Callable<Integer> {
        private final Exception failure;

        FailCommand(Exception failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() throws Exception {
            throw failure;
        }
    }

    @Test
    void version_names_the_program_and_its_java() {
        CommandRun run = run("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).containsPattern("precert-ocsp \\d+\\.\\d+").contains("Java 25");
        assertThat(run("config", "check", "--version")).isEqualTo(run);
    }

    @Test
    void help_lists_commands_examples_and_exit_codes() {
        CommandRun run = run("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("config", "key", "Examples:", "Exit codes:")
                .containsPattern("1 +problems found")
                .containsPattern("3 +could not be done");
    }

    @Test
    void every_command_helps() {
        for (String command : List.of("sample", "check")) {
            assertThat(run("config", command, "--help").out()).contains("Exit codes:", "Example");
        }
        assertThat(run("key", "inspect", "--help").out()).contains("Exit codes:", "Examples:");
    }

    @Test
    void wrong_usage_suggests_what_was_meant() {
        CommandRun option = run("config", "check", "--confg", "x");
        CommandRun command = run("confg");

        assertThat(option.exitCode()).isEqualTo(2);
        assertThat(option.err()).contains("--config", "Help: precert-ocsp config check --help");
        assertThat(option.out()).isEmpty();
        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.err()).contains("Did you mean", "config");
    }

    @Test
    void a_group_alone_asks_for_its_command() {
        assertThat(run().err()).contains("name a command");
        assertThat(run("config").err()).contains("sample or check");
        assertThat(run("key").exitCode()).isEqualTo(2);
    }

    @Test
    void what_cannot_be_done_is_one_sentence_and_code_3() {
        CommandRun denied = run(new AccessDeniedException("/etc/x"));
        CommandRun failed = run(new IOException("disk full"));
        CommandRun key = run(new SigningKeyException("token ocsp is gone", null));

        assertThat(denied.err()).isEqualTo("/etc/x: permission denied\n");
        assertThat(failed.err()).isEqualTo("disk full\n");
        assertThat(key.err()).isEqualTo("token ocsp is gone\n");
        assertThat(List.of(denied.exitCode(), failed.exitCode(), key.exitCode())).containsOnly(3);
    }

    @Test
    void a_bug_shows_its_trace() {
        CommandRun run = run(new IllegalStateException("impossible"));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("please report it", "IllegalStateException: impossible");
    }

    private static CommandRun run(Exception failure) {
        return CommandRun.of(PrecertOcspCommand.of(new FailCommand(failure)), "fail");
    }

    private static CommandRun run(String... arguments) {
        CommandLine line =
                PrecertOcspCommand.of(
                        ConfigCommand.of(_ -> List.of()),
                        KeyCommand.of(
                                (_, _) -> {
                                    throw new SigningKeyException("never opened here", null);
                                }));
        return CommandRun.of(line, arguments);
    }
}
