package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class MainTest {
    private static CommandLine line(String... arguments) {
        return Main.commandLine(InstantSource.system(), arguments);
    }

    static Set<String> commands() {
        return line().getSubcommands().keySet();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_that_is_named_is_there(String command) {
        assertThat(line(command, "--help").getSubcommands()).containsKey(command);
    }

    @Test
    void the_demonstration_has_the_command_by_which_it_loads_its_files() {
        assertThat(line("demo").getSubcommands()).containsKeys("demo", "load");
    }

    @Test
    void no_other_command_is_composed_for_it() {
        assertThat(line("load", "csv").getSubcommands()).doesNotContainKeys("demo", "serve");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--help", "lod", "generate-man-page"})
    void without_the_name_of_a_command_there_are_all(String first) {
        assertThat(line(first).getSubcommands().keySet()).isEqualTo(commands());
    }
}
