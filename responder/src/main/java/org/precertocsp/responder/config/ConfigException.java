package org.precertocsp.responder.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// A configuration file that cannot be used, with all problems found in it.
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    ConfigException(Path file, List<ConfigProblem> problems) {
        super(problems.stream().map(it -> it.in(file)).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /// In the order of their lines; never empty.
    public List<ConfigProblem> problems() {
        return problems;
    }
}
