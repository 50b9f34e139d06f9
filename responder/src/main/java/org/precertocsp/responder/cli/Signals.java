package org.precertocsp.responder.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// The signals that a server handles: SIGTERM and SIGINT stop it, SIGHUP reloads.
final class Signals {
    private static final AtomicBoolean HELD = new AtomicBoolean();

    private final CountDownLatch stop = new CountDownLatch(1);

    private Signals() {}

    /// From here on SIGHUP no longer ends the process; one that comes before [#listen] is held.
    static void holdHangups() {
        register("HUP", () -> HELD.set(true));
    }

    /// Whether one was held, which is then forgotten.
    static boolean hangupHeld() {
        return HELD.getAndSet(false);
    }

    /// From here on the signals are ours; the virtual machine no longer exits by itself.
    static Signals listen(Runnable reload) {
        Signals signals = new Signals();
        register("TERM", signals.stop::countDown);
        register("INT", signals.stop::countDown);
        register("HUP", reload);
        return signals;
    }

    void awaitStop() throws InterruptedException {
        stop.await();
    }

    private static void register(String signal, Runnable handler) {
        org.jline.utils.Signals.register(signal, handler);
    }
}
