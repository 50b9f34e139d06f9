package org.precertocsp.responder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A README or a guide of this repository, or one section of it: its examples, headings and links.
public record MarkdownDocument(Path file, String text) {
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```([a-z]*)\n(.*?)^ *```$");

    /// @param path in the repository, such as `responder/docs/api.md`
    public static MarkdownDocument of(String path) throws IOException {
        Path file = repository().resolve(path);
        return new MarkdownDocument(file, Files.readString(file));
    }

    /// Tests run in the repository or in one of its modules.
    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("responder/docs"))) {
            directory = Objects.requireNonNull(directory.getParent(), "no responder/docs above");
        }
        return directory;
    }

    /// @param heading with its `#` signs; the section ends at the next heading of any level
    public MarkdownDocument section(String heading) {
        int from = text.indexOf("\n" + heading + "\n");
        if (from < 0) {
            throw new IllegalStateException(file + " has no section " + heading);
        }
        int next = text.indexOf("\n#", from + 1);
        while (next >= 0 && !text.substring(next + 1).matches("(?s)##+ .*")) {
            next = text.indexOf("\n#", next + 1);
        }
        return new MarkdownDocument(file, text.substring(from, next < 0 ? text.length() : next));
    }

    /// All code blocks of that language, in order, without the indentation of a list.
    public List<String> blocks(String language) {
        return FENCED.matcher(text)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2).stripIndent())
                .toList();
    }

    /// The commands of all shell blocks, one by one.
    public List<String> commands() {
        return blocks("sh").stream()
                .flatMap(block -> block.replace("\\\n", " ").lines())
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    /// Targets of all links to files of the repository and to sections.
    public List<String> links() {
        return LINK.matcher(withoutBlocks())
                .results()
                .map(link -> link.group(1))
                .filter(target -> !target.contains("://"))
                .toList();
    }

    /// The fragments that link to its headings, made from them as GitHub does.
    public Set<String> anchors() {
        return HEADING.matcher(withoutBlocks())
                .results()
                .map(MarkdownDocument::anchor)
                .collect(Collectors.toSet());
    }

    private static String anchor(MatchResult heading) {
        return heading.group(1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private String withoutBlocks() {
        return FENCED.matcher(text).replaceAll("");
    }
}
