package org.precertocsp.responder.config;

import java.nio.file.Path;
import java.util.Comparator;

/// One problem in a configuration file.
///
/// @param line counted from 1
/// @param column counted from 1
/// @param path where in the structure, such as `issuers[0].responder.key`; empty for the whole file
/// @param message the problem and its remedy; never a secret
public record ConfigProblem(int line, int column, String path, String message) {
    static final Comparator<ConfigProblem> IN_READING_ORDER =
            Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column);

    /// The line in the form that editors jump to: `FILE:LINE:COLUMN: path: message`.
    public String in(Path file) {
        return file
                + ":"
                + line
                + ":"
                + column
                + ": "
                + (path.isEmpty() ? "" : path + ": ")
                + message;
    }
}
