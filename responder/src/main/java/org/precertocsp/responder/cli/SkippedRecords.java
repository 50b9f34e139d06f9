package org.precertocsp.responder.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Records of the audit log that a search had to skip.
final class SkippedRecords implements Consumer<Path> {
    private final Map<Path, Integer> files = new TreeMap<>();

    @Override
    public void accept(Path file) {
        files.merge(file, 1, Integer::sum);
    }

    /// To be called after the results were printed.
    ///
    /// @throws IOException records were skipped, so the results may be incomplete
    void check() throws IOException {
        if (!files.isEmpty()) {
            throw new IOException(
                    "this may not be all: records that cannot be read were skipped (how many, by"
                            + " file: %s); see precert-ocsp audit verify".formatted(files));
        }
    }
}
