package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The directory for the files of a measurement.
///
/// @param temporary removed with everything in it by [#close()]
record WorkDirectory(Path directory, boolean temporary) implements AutoCloseable {
    /// @throws IOException also if the named directory is not empty: data would be loaded into old
    ///   stores
    static WorkDirectory at(Optional<Path> named) throws IOException {
        if (named.isEmpty()) {
            return new WorkDirectory(Files.createTempDirectory("precert-load"), true);
        }
        Path directory = Files.createDirectories(named.get()).toAbsolutePath().normalize();
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw new IOException(
                        directory + " is not empty: name another --work, or empty it");
            }
        }
        return new WorkDirectory(directory, false);
    }

    @Override
    public void close() throws IOException {
        if (!temporary) {
            return;
        }
        List<Path> files;
        try (Stream<Path> tree = Files.walk(directory)) {
            files = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
