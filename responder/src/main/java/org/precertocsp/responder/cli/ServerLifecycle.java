package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs a started server until a signal: prints the ready line, notifies the service manager.
public final class ServerLifecycle {
    private ServerLifecycle() {}

    /// Prints `ready http://ADDRESS` for each address, notifies the service manager if there is
    /// one, and blocks until SIGTERM or SIGINT, then closes the responder.
    public static void untilStopped(RunningServer running, PrintWriter out)
            throws InterruptedException {
        try (running) {
            ProcessSignals signals = ProcessSignals.listen(running::reload);
            for (InetSocketAddress address : running.addresses()) {
                out.println("ready http://" + hostAndPort(address));
            }
            out.flush();
            SystemdNotifier supervisor = SystemdNotifier.ofProcess();
            supervisor.ready();
            if (ProcessSignals.hangupHeld()) {
                running.reload();
            }
            signals.awaitStop();
            supervisor.stopping();
        }
    }

    /// As in a URL: IPv6 in brackets.
    static String hostAndPort(InetSocketAddress address) {
        boolean every = address.getAddress().isAnyLocalAddress();
        String plain = address.getAddress().getHostAddress();
        String host = every && plain.contains(":") ? "::" : plain;
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /// The signals that a server handles: SIGTERM and SIGINT stop it, SIGHUP reloads.
    public static final class ProcessSignals {
        private static final AtomicBoolean HELD = new AtomicBoolean();

        private final CountDownLatch stop = new CountDownLatch(1);

        private ProcessSignals() {}

        /// From now on SIGHUP no longer ends the process; one that arrives before [#listen] is
        /// held.
        static void holdHangups() {
            register("HUP", () -> HELD.set(true));
        }

        /// Whether one was held; clears it.
        static boolean hangupHeld() {
            return HELD.getAndSet(false);
        }

        /// From now on this class handles the signals; the virtual machine no longer exits by
        /// itself.
        static ProcessSignals listen(Runnable reload) {
            ProcessSignals signals = new ProcessSignals();
            register("TERM", signals::stop);
            register("INT", signals::stop);
            register("HUP", reload);
            return signals;
        }

        /// As [#listen] for what belongs to a terminal: its end, SIGHUP, stops it too.
        public static ProcessSignals listenWithTerminal() {
            ProcessSignals signals = listen(() -> {});
            register("HUP", signals::stop);
            return signals;
        }

        /// As if a signal had come.
        public void stop() {
            stop.countDown();
        }

        /// Waits for that time at most.
        ///
        /// @return whether a signal to stop came
        public boolean awaitStop(Duration atMost) throws InterruptedException {
            return stop.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        }

        void awaitStop() throws InterruptedException {
            stop.await();
        }

        private static void register(String signal, Runnable handler) {
            org.jline.utils.Signals.register(signal, handler);
        }
    }
}
