package org.precertocsp.responder.cli;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.io.CLibrary;

/// Tells the service manager how far the server is, as sd_notify(3) describes: one datagram to the
/// socket it names.
final class SystemdNotifier {
    /// In bytes; no system takes more.
    private static final int MAX_PATH = 108;

    private final Optional<String> socket;

    /// @param socket what NOTIFY_SOCKET says: a path, or `@` and a name outside the file system;
    ///   null where no service manager asks to be told
    SystemdNotifier(@Nullable String socket) {
        this.socket = Optional.ofNullable(socket).filter(name -> !name.isEmpty());
    }

    static SystemdNotifier ofProcess() {
        return new SystemdNotifier(System.getenv("NOTIFY_SOCKET"));
    }

    /// From now on requests are answered.
    ///
    /// @throws IllegalStateException the manager cannot be told, and would end the server later
    void ready() {
        send("READY=1");
    }

    /// From now on the server is ending on purpose.
    void stopping() {
        send("STOPPING=1");
    }

    private void send(String state) {
        if (socket.isPresent()) {
            byte[] address = address(socket.get());
            byte[] message = state.getBytes(StandardCharsets.US_ASCII);
            if (!CLibrary.sendDatagram(address, message)) {
                throw new IllegalStateException(
                        "cannot tell the service manager %s at %s".formatted(state, socket.get()));
            }
        }
    }

    private static byte[] address(String name) {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        if (path.length > MAX_PATH) {
            throw new IllegalStateException("NOTIFY_SOCKET is too long: " + name);
        }
        if (path[0] == '@') {
            path[0] = 0;
        }
        return path;
    }
}
