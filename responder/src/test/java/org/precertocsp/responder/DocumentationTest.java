package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ConfigProblem;
import org.precertocsp.responder.config.ConfigReader;
import picocli.CommandLine.ParseResult;

/// READMEs and guides: links lead somewhere, commands and settings exist. Whether examples do what
/// the text says is tested where they run, as in `TransparencyIT` and `AdminIT`.
final class DocumentationTest {
    private static final int FRONT_PAGE_LINES = 200;
    private static final Pattern INLINE = Pattern.compile("`precert-ocsp ([a-z]+)");
    private static final String PROGRAM = "precert-ocsp ";
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    @TempDir Path directory;

    static Stream<String> documents() throws IOException {
        Path guides = MarkdownDocument.of("responder/docs/README.md").file().getParent();
        try (Stream<Path> files = Files.list(guides)) {
            List<String> all =
                    new ArrayList<>(
                            List.of(
                                    "README.md",
                                    "signer/README.md",
                                    "responder/README.md",
                                    "loadtest/README.md"));
            files.map(file -> "responder/docs/" + file.getFileName()).sorted().forEach(all::add);
            return all.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void links_lead_to_files_and_sections(String path) throws IOException {
        MarkdownDocument document = MarkdownDocument.of(path);

        for (String link : document.links()) {
            String[] parts = link.split("#", 2);
            Path target =
                    parts[0].isEmpty()
                            ? document.file()
                            : document.file().resolveSibling(parts[0]).normalize();
            assertThat(target).as("%s links to %s", path, link).exists();
            if (parts.length == 2) {
                assertThat(new MarkdownDocument(target, Files.readString(target)).anchors())
                        .as("%s links to %s", path, link)
                        .contains(parts[1]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void commands_and_their_options_exist(String path) throws IOException {
        for (String command : MarkdownDocument.of(path).commands()) {
            int at = command.lastIndexOf(PROGRAM);
            if (at < 0) {
                continue;
            }
            String arguments = command.substring(at + PROGRAM.length());
            String[] words = words(arguments);
            ParseResult parsed = Main.commandLine(InstantSource.system(), words).parseArgs(words);
            assertThat(parsed.hasSubcommand()).as(command).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void commands_inside_of_sentences_exist(String path) throws IOException {
        assertThat(INLINE.matcher(MarkdownDocument.of(path).text()).results())
                .allSatisfy(
                        command ->
                                assertThat(
                                                Main.commandLine(InstantSource.system())
                                                        .getSubcommands())
                                        .containsKey(command.group(1)));
    }

    /// Splits as a shell does, as far as the examples need it.
    private static String[] words(String arguments) {
        String simple = arguments.replaceAll(" +[>|#&].*", "");
        return WORD.matcher(simple)
                .results()
                .map(
                        word ->
                                Stream.of(word.group(1), word.group(2), word.group(3))
                                        .filter(it -> it != null)
                                        .findFirst()
                                        .orElseThrow())
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void settings_exist(String path) throws IOException {
        for (String block : MarkdownDocument.of(path).blocks("yaml")) {
            String inIssuer = block.startsWith("responder:") ? ofIssuer(block) : block;
            assertThat(unknownKeys(inIssuer)).as("%s: %s", path, block).isEmpty();
        }
    }

    @Test
    void a_setting_that_does_not_exist_is_found() throws IOException {
        assertThat(unknownKeys("http: {misspelt: 1}\n")).hasSize(1);
    }

    private static String ofIssuer(String block) {
        return "issuers:\n  -\n" + block.indent(4);
    }

    /// Much else is missing in an example.
    private List<ConfigProblem> unknownKeys(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("example.yaml"), yaml);
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file));
        return refused.problems().stream()
                .filter(problem -> problem.message().contains("unknown key"))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Incident.Kind.class)
    void every_kind_of_alert_is_in_the_guide_with_its_severity(Incident.Kind kind)
            throws IOException {
        String severity = kind.severity().name().toLowerCase(Locale.ROOT);

        assertThat(MarkdownDocument.of("responder/docs/monitoring.md").text())
                .contains("\n| `%s` | %s | ".formatted(kind, severity));
    }

    @Test
    void the_front_page_stays_short() throws IOException {
        assertThat(MarkdownDocument.of("README.md").text().lines().count())
                .isLessThanOrEqualTo(FRONT_PAGE_LINES);
    }
}
