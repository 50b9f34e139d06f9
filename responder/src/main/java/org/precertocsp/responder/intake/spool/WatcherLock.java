package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.io.ProcessLock;

/// The lock that a server holds while it watches a spool, which the kernel releases with the
/// process. Unlike a timestamp it cannot become stale, and it is held during long loads.
final class WatcherLock implements AutoCloseable {
    private final ProcessLock lock;

    private WatcherLock(ProcessLock lock) {
        this.lock = lock;
    }

    /// @param more lines behind the first, which names the process
    /// @throws IOException if another process watches, or the file cannot be written
    static WatcherLock acquire(Path file, List<String> more) throws IOException {
        Optional<ProcessLock> lock =
                ProcessLock.tryTake(file, ProcessLock.A_WHILE, SpoolDirectories.GROUP_READS);
        if (lock.isEmpty()) {
            throw new IOException(
                    "another server watches this spool ("
                            + file
                            + " is locked by "
                            + Files.readString(file).lines().findFirst().orElse("another process")
                            + "); configure a separate spool for each server");
        }
        StringBuilder text = new StringBuilder("process " + ProcessHandle.current().pid() + "\n");
        more.forEach(line -> text.append(line).append('\n'));
        try {
            lock.get().write(text.toString());
            return new WatcherLock(lock.get());
        } catch (IOException e) {
            lock.get().close();
            throw e;
        }
    }

    /// Whether a server watches now.
    ///
    /// @throws IOException if the file cannot be read, probably for lack of permission
    static boolean isHeld(Path file) throws IOException {
        return ProcessLock.isHeld(file);
    }

    /// Releases the lock.
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
