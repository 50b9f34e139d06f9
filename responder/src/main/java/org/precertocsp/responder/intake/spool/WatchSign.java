package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.io.ProcessLock;

/// The sign that a server watches a spool: a lock, which the kernel releases with the process.
/// Unlike a time written now and then it cannot go stale, and stays while a load is long.
final class WatchSign implements AutoCloseable {
    private final ProcessLock lock;

    private WatchSign(ProcessLock lock) {
        this.lock = lock;
    }

    /// @param more lines behind the first, which names the process
    /// @throws IOException if another process watches, or the file cannot be written
    static WatchSign put(Path file, List<String> more) throws IOException {
        Optional<ProcessLock> lock =
                ProcessLock.tryTake(file, ProcessLock.A_WHILE, SpoolFolders.GROUP_READS);
        if (lock.isEmpty()) {
            throw new IOException(
                    "another server watches this spool ("
                            + file
                            + " is locked by "
                            + Files.readString(file).lines().findFirst().orElse("another process")
                            + "); give each server a spool of its own");
        }
        StringBuilder text = new StringBuilder("process " + ProcessHandle.current().pid() + "\n");
        more.forEach(line -> text.append(line).append('\n'));
        try {
            lock.get().write(text.toString());
            return new WatchSign(lock.get());
        } catch (IOException e) {
            lock.get().close();
            throw e;
        }
    }

    /// Whether a server watches now.
    ///
    /// @throws IOException if the file cannot be read, for want of permission most likely
    static boolean isThere(Path file) throws IOException {
        return ProcessLock.isHeld(file);
    }

    /// Takes the sign away.
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
