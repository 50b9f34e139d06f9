package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.net.InetSocketAddress;

/// Runs a started server until a signal: prints the ready line, notifies the service manager.
public final class Serving {
    private Serving() {}

    /// Prints `ready http://ADDRESS` for each address, notifies the service manager if there is
    /// one, and blocks until SIGTERM or SIGINT, then closes the responder.
    public static void untilStopped(RunningResponder running, PrintWriter out)
            throws InterruptedException {
        try (running) {
            Signals signals = Signals.listen(running::reload);
            for (InetSocketAddress address : running.addresses()) {
                out.println("ready http://" + hostAndPort(address));
            }
            out.flush();
            Supervisor supervisor = Supervisor.ofProcess();
            supervisor.ready();
            if (Signals.hangupHeld()) {
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
}
