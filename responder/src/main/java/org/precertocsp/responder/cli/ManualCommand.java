package org.precertocsp.responder.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.precertocsp.responder.config.ConfigSample;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/// Writes the manual page, the shell completion and the sample configuration; the build calls it,
/// so it is not in the help.
@Command(
        name = "manual",
        hidden = true,
        description =
                "Write man/man1/precert-ocsp.1, bash-completion/completions/precert-ocsp and"
                        + " precert-ocsp/sample.yaml.")
final class ManualCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIRECTORY", description = "Where, as /usr/share.")
    private Path directory = Path.of("");

    @Override
    public Integer call() throws IOException {
        CommandLine program = spec.root().commandLine();
        String name = program.getCommandName();
        write("man/man1/" + name + ".1", new ManualPage(program).text());
        write("bash-completion/completions/" + name, AutoComplete.bash(name, program));
        write(name + "/sample.yaml", ConfigSample.text());
        return ExitCodes.OK;
    }

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
