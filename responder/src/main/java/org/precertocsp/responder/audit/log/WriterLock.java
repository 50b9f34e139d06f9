package org.precertocsp.responder.audit.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Keeps two processes from writing one log. Held on a file of its own beside the log's folder:
/// Linux lets go of a process's lock on a file when the process closes it after reading, too.
public final class WriterLock implements AutoCloseable {
    private final RandomAccessFile file;
    private final Path path;

    private WriterLock(RandomAccessFile file, Path path) {
        this.file = file;
        this.path = path;
    }

    private static Path beside(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".lock");
    }

    /// @throws IOException another process, or this one, has it
    static WriterLock take(Path folder) throws IOException {
        RandomAccessFile file = new RandomAccessFile(beside(folder).toFile(), "rw");
        if (!lock(file)) {
            file.close();
            throw new IOException("another process writes it");
        }
        return new WriterLock(file, beside(folder));
    }

    /// Whether a process writes the log now. To be asked in other processes only.
    public static boolean isHeld(Path folder) throws IOException {
        if (!Files.exists(beside(folder))) {
            return false;
        }
        try (RandomAccessFile file = new RandomAccessFile(beside(folder).toFile(), "rw")) {
            return !lock(file);
        }
    }

    /// False if somebody removed the file: the next process would make another, and have it, too.
    boolean isThere() {
        return Files.exists(path);
    }

    private static boolean lock(RandomAccessFile file) throws IOException {
        try {
            @Nullable FileLock lock = file.getChannel().tryLock();
            return lock != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
