package org.precertocsp.responder.audit;

import java.io.IOException;
import java.nio.file.Path;
import org.precertocsp.responder.io.ProcessLock;

/// Keeps two processes from writing one log, by a file beside the log's folder.
public final class LogWriterLock {
    private LogWriterLock() {}

    private static Path beside(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".lock");
    }

    /// @throws IOException another process, or this one, has it
    static ProcessLock take(Path folder) throws IOException {
        return ProcessLock.tryTake(beside(folder), ProcessLock.A_WHILE)
                .orElseThrow(() -> new IOException("another process writes it"));
    }

    /// Whether a process writes the log now. To be asked in other processes only.
    public static boolean isHeld(Path folder) throws IOException {
        return ProcessLock.isHeld(beside(folder));
    }
}
