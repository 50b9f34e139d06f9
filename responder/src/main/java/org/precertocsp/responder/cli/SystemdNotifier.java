package org.precertocsp.responder.cli;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.io.CLibrary;

/// Notifies the service manager of the server's state as sd_notify(3) describes: one datagram to
/// the socket it names.
final class SystemdNotifier {
    /// In bytes; no system allows more.
    private static final int MAX_PATH = 108;

    private final Optional<String> socket;

    /// @param socket the value of NOTIFY_SOCKET: a path, or `@` and a name outside the file system;
    ///   null if there is no service manager to notify
    SystemdNotifier(@Nullable String socket) {
        this.socket = Optional.ofNullable(socket).filter(name -> !name.isEmpty());
    }

    static SystemdNotifier ofProcess() {
        return new SystemdNotifier(System.getenv("NOTIFY_SOCKET"));
    }

    /// The server now answers requests.
    ///
    /// @throws IllegalStateException the manager cannot be notified, and would end the server later
    void ready() {
        send("READY=1");
    }

    /// The server is now stopping on purpose.
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
