package org.precertocsp.responder.config;

import java.nio.file.Path;
import java.util.Comparator;

/// One thing wrong with a configuration file.
///
/// @param line counted from 1
/// @param column counted from 1
/// @param path where in the structure, such as `issuers[0].responder.key`; empty for the whole file
/// @param message what is wrong and what to do about it; never a secret
public record ConfigProblem(int line, int column, String path, String message) {
    static final Comparator<ConfigProblem> IN_READING_ORDER =
            Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column);

    /// The line editors jump from: `FILE:LINE:COLUMN: path: message`.
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
