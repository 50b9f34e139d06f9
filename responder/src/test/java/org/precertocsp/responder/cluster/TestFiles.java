package org.precertocsp.responder.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Copies of a node's disk.
final class TestFiles {
    private TestFiles() {}

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    static void replace(Path from, Path to) throws IOException {
        List<Path> old;
        try (Stream<Path> all = Files.walk(to)) {
            old = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : old) {
            Files.delete(path);
        }
        copy(from, to);
    }
}
