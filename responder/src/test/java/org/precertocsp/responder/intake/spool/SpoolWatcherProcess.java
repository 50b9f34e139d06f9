package org.precertocsp.responder.intake.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Watches a spool like a server, in a process of its own that a test may kill.
final class SpoolWatcherProcess {
    private SpoolWatcherProcess() {}

    public static void main(String... arguments) throws IOException {
        WatcherLock sign = WatcherLock.acquire(Path.of(arguments[0]), List.of());
        System.out.println("watching");
        System.out.flush();
        // Until the test closes the pipe, or kills this.
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
        sign.close();
    }
}
