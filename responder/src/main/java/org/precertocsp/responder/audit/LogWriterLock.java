package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.file.Path;
import org.precertocsp.responder.io.ProcessLock;

/// Prevents two processes from writing one log, by a lock file beside the log's directory.
public final class LogWriterLock {
    private LogWriterLock() {}

    private static Path beside(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".lock");
    }

    /// @throws IOException another process, or this one, holds it
    static ProcessLock take(Path folder) throws IOException {
        return ProcessLock.tryTake(beside(folder), ProcessLock.A_WHILE)
                .orElseThrow(() -> new IOException("another process writes it"));
    }

    /// Whether a process writes the log now. Call it in other processes only.
    public static boolean isHeld(Path folder) throws IOException {
        return ProcessLock.isHeld(beside(folder));
    }
}
