package org.precertocsp.responder.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.precertocsp.responder.io.DurableFile;
import org.precertocsp.responder.status.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The directory inside the store in which large sets are prepared, on the same file system as the
/// tables they become. Its content is worthless unless a [BulkIntent] names it.
final class TempDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(TempDirectory.class);
    private static final String NAME = "bulk";
    private static final int TRY_BYTES = 4_096;

    private final Path directory;

    TempDirectory(Path store) {
        this.directory = store.resolve(NAME);
    }

    /// A file with that name, which does not exist yet.
    Path file(String name) {
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve(name);
            Files.deleteIfExists(file);
            return file;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    Path existing(String name) {
        return directory.resolve(name);
    }

    /// Makes the names of files durable; their content must be durable already.
    void sync() {
        try {
            DurableFile.syncDirectory(directory);
            DurableFile.syncDirectory(directory.resolveSibling("."));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// Writes a file and waits for it to be on disk.
    ///
    /// @throws IOException the disk does not accept it
    void tryDisk() throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("try");
        Files.deleteIfExists(file);
        DurableFile.create(file, out -> out.write(new byte[TRY_BYTES]));
        Files.delete(file);
        DurableFile.syncDirectory(directory);
    }

    /// Deletes the files of finished and failed sets.
    void clean() {
        clean("");
    }

    /// Deletes the files with that name prefix.
    void clean(String prefix) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> list = Files.list(directory)) {
            List<Path> files =
                    list.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            throw failure(e);
        }
    }

    /// Deletes the parent directory, unless it belongs to a store.
    void remove() {
        remove(directory.resolveSibling("."));
    }

    /// Deletes a directory with its content; files that cannot be deleted stay.
    static void remove(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder.normalize())) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("temporary files are left in {}: {}", folder, e.toString());
        }
    }

    StoreException failure(Exception e) {
        return new StoreException(
                "cannot prepare the load in %s: %s (is the disk full?)".formatted(directory, e), e);
    }
}
