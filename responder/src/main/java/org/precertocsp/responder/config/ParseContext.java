package org.precertocsp.responder.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/// One pass over a configuration file: the keys that were read, and the problems found.
final class ParseContext {
    private final Path folder;
    private final boolean everySection;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final SortedSet<String> keys = new TreeSet<>();

    private ParseContext(Path folder, boolean everySection) {
        this.folder = folder;
        this.everySection = everySection;
    }

    /// @param folder base of relative paths; absolute
    static ParseContext of(Path folder) {
        return new ParseContext(folder, false);
    }

    /// A pass that also enters absent sections, to list every key that exists.
    static ParseContext ofEveryKey() {
        return new ParseContext(Path.of("/"), true);
    }

    boolean entersAbsentSections() {
        return everySection;
    }

    Path resolve(String path) {
        return folder.resolve(path).normalize();
    }

    void asked(String path) {
        keys.add(path.replaceAll("\\[\\d+]", "[]"));
    }

    void problem(Node at, String path, String message) {
        int line = at.getStartMark().map(Mark::getLine).orElse(0);
        int column = at.getStartMark().map(Mark::getColumn).orElse(0);
        problems.add(new ConfigProblem(line + 1, column + 1, path, message));
    }

    /// In the order of their lines.
    List<ConfigProblem> problems() {
        return problems.stream().distinct().sorted(ConfigProblem.IN_READING_ORDER).toList();
    }

    /// Paths of the keys requested, list positions as `[]`.
    SortedSet<String> keys() {
        return keys;
    }
}
