package org.precertocsp.responder.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.precertocsp.responder.config.SampleConfig;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Writes the manual page, the shell completion and the sample configuration. Called by the build,
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
        write(name + "/sample.yaml", SampleConfig.text());
        return ExitCodes.OK;
    }

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /// The help of every command as one page for man(1): roff with the man macros, see man(7).
    /// Equal commands give equal text.
    ///
    /// picocli itself writes AsciiDoc, which needs Asciidoctor, and so JRuby, to become a page.
    static final class ManualPage {
        private final CommandLine program;
        private final StringBuilder page = new StringBuilder();

        ManualPage(CommandLine program) {
            this.program = program;
        }

        String text() {
            page.setLength(0);
            CommandSpec root = program.getCommandSpec();
            String name = root.name();
            macro(".TH", name.toUpperCase(Locale.ROOT), "1", "", name, "");
            macro(".SH", "NAME");
            line(escaped(name) + " \\- " + escaped(summary(root)));
            macro(".SH", "SYNOPSIS");
            line("\\fB%s\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]".formatted(escaped(name)));
            macro(".SH", "DESCRIPTION");
            paragraphs(root.usageMessage().description());
            options(root);
            macro(".SH", "COMMANDS");
            program.getSubcommands().values().forEach(this::command);
            exitCodes(root, ".SH");
            macro(".SH", "FILES");
            item("\\fI/etc/precert\\-ocsp/precert\\-ocsp.yaml\\fR");
            line("The configuration of the system's own server, where the Debian package is used.");
            item("\\fI/var/lib/precert\\-ocsp\\fR");
            line("Everything that server knows. No update and no removal touches it.");
            examples(root, ".SH");
            macro(".SH", "SEE ALSO");
            line("\\fBopenssl\\-ocsp\\fR(1ssl), \\fBsystemctl\\fR(1)");
            return page.toString();
        }

        private void command(CommandLine command) {
            CommandSpec spec = command.getCommandSpec();
            if (spec.usageMessage().hidden()) {
                return;
            }
            if (!command.getSubcommands().isEmpty()) {
                command.getSubcommands().values().forEach(this::command);
                return;
            }
            macro(".SS", spec.qualifiedName());
            line(synopsis(spec));
            macro(".PP");
            paragraphs(spec.usageMessage().description());
            parameters(spec);
            options(spec);
            exitCodes(spec, "");
            examples(spec, "");
        }

        private static String synopsis(CommandSpec spec) {
            return "\\fB%s\\fR [\\fIOPTIONS\\fR]%s"
                    .formatted(
                            escaped(spec.qualifiedName()),
                            spec.positionalParameters().stream()
                                    .filter(it -> !it.hidden())
                                    .map(it -> " " + label(it))
                                    .collect(Collectors.joining()));
        }

        private static String label(PositionalParamSpec parameter) {
            String label = "\\fI" + escaped(parameter.paramLabel()) + "\\fR";
            return parameter.arity().max() > 1 ? label + "..." : label;
        }

        private void parameters(CommandSpec spec) {
            for (PositionalParamSpec parameter : spec.positionalParameters()) {
                if (!parameter.hidden()) {
                    item(label(parameter));
                    paragraphs(parameter.description());
                }
            }
        }

        private void options(CommandSpec spec) {
            for (OptionSpec option : spec.options()) {
                boolean everywhere = option.usageHelp() || option.versionHelp();
                if (!option.hidden() && (spec.parent() == null || !everywhere)) {
                    String names =
                            Arrays.stream(option.names())
                                    .map(it -> "\\fB" + escaped(it) + "\\fR")
                                    .collect(Collectors.joining(", "));
                    boolean valued = option.arity().max() > 0;
                    item(valued ? names + " \\fI" + escaped(option.paramLabel()) + "\\fR" : names);
                    paragraphs(option.description());
                }
            }
        }

        /// @param macro that begins a section, or empty below a command
        private void exitCodes(CommandSpec spec, String macro) {
            Map<String, String> codes = spec.usageMessage().exitCodeList();
            if (!codes.isEmpty()) {
                heading("EXIT STATUS", "Exit codes:", macro);
                codes.forEach(
                        (code, meaning) -> {
                            item("\\fB" + escaped(code) + "\\fR");
                            line(escaped(plain(meaning)));
                        });
            }
        }

        private void examples(CommandSpec spec, String macro) {
            String[] footer = spec.usageMessage().footer();
            if (footer.length > 0) {
                heading("EXAMPLES", "Examples:", macro);
                macro(".nf");
                Arrays.stream(footer).forEach(it -> line(escaped(plain(it))));
                macro(".fi");
            }
        }

        private void heading(String section, String words, String macro) {
            if (macro.isEmpty()) {
                macro(".PP");
                line(words);
                macro(".br");
            } else {
                macro(macro, section);
            }
        }

        private void paragraphs(String[] description) {
            for (String line : String.join("\n", plain(description)).strip().split("\n", -1)) {
                if (line.isBlank()) {
                    macro(".PP");
                } else {
                    line(escaped(line));
                }
            }
        }

        private void item(String tag) {
            macro(".TP");
            line(tag);
        }

        private static String summary(CommandSpec spec) {
            String text = String.join(" ", plain(spec.usageMessage().description())).strip();
            return Optional.of(text)
                    .filter(it -> it.endsWith("."))
                    .map(it -> it.substring(0, it.length() - 1))
                    .orElse(text);
        }

        private static String[] plain(String[] lines) {
            return Arrays.stream(lines).map(ManualPage::plain).toArray(String[]::new);
        }

        /// As picocli prints it: `%n` becomes a line end, and the markup for colours is removed.
        private static String plain(String text) {
            return Ansi.OFF.string(text.formatted());
        }

        /// A hyphen that can be pasted into a shell, and no backslash or leading dot that roff
        /// would interpret.
        private static String escaped(String text) {
            return text.replace("\\", "\\e").replace("-", "\\-");
        }

        private void macro(String name, String... arguments) {
            page.append(name);
            for (String argument : arguments) {
                page.append(" \"").append(escaped(argument).replace("\"", "\\(dq")).append('"');
            }
            page.append('\n');
        }

        private void line(String text) {
            boolean obeyed = text.startsWith(".") || text.startsWith("'");
            page.append(obeyed ? "\\&" : "").append(text).append('\n');
        }
    }
}
