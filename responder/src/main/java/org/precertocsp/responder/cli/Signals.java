package org.precertocsp.responder.cli;

import java.util.concurrent.CountDownLatch;

/// What the operating system tells a server: SIGTERM and SIGINT stop it, SIGHUP reloads.
final class Signals {
    private final CountDownLatch stop = new CountDownLatch(1);

    private Signals() {}

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
