package org.precertocsp.loadtest.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// The directory of one run, shared by the processes it starts one after the other: data that takes
/// long to create is created by the first process that needs it.
record BenchmarkDirectory(Path folder) implements AutoCloseable {
    static final String PROPERTY = "precert.load.bench.scratch";

    /// Fills an empty directory.
    @FunctionalInterface
    interface Maker {
        void make(Path folder) throws IOException;
    }

    static BenchmarkDirectory create() throws IOException {
        return new BenchmarkDirectory(Files.createTempDirectory("precert-load-bench-"));
    }

    /// The directory this process was started with; benchmarks run in another way create their own.
    static BenchmarkDirectory ofThisProcess() throws IOException {
        String folder = System.getProperty(PROPERTY);
        return folder == null ? create() : new BenchmarkDirectory(Path.of(folder));
    }

    /// Passes the directory on to a process.
    String jvmArgument() {
        return "-D" + PROPERTY + "=" + folder;
    }

    /// A directory created once. One that an interrupted process left incomplete is not used.
    Path once(String name, Maker maker) throws IOException {
        Path whole = folder.resolve(name);
        if (!Files.exists(whole)) {
            Path half = folder.resolve(name + ".new");
            delete(half);
            Files.createDirectories(half);
            maker.make(half);
            Files.move(half, whole);
        }
        return whole;
    }

    /// An empty directory of that name.
    Path empty(String name) throws IOException {
        Path fresh = folder.resolve(name);
        delete(fresh);
        return Files.createDirectories(fresh);
    }

    @Override
    public void close() throws IOException {
        delete(folder);
    }

    private static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
