package org.precertocsp.responder.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells the service manager how far the server is, as sd_notify(3) describes: one datagram to the
/// socket it names. Java itself knows only streams there, so the C library is called.
final class Supervisor {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;

    /// struct sockaddr_un: the family in two octets, then at most so many of the path.
    private static final int MAX_PATH = 108;

    private final Optional<String> socket;

    /// @param socket what NOTIFY_SOCKET says: a path, or `@` and a name outside the file system;
    ///   null where no service manager asks to be told
    Supervisor(@Nullable String socket) {
        this.socket = Optional.ofNullable(socket).filter(name -> !name.isEmpty());
    }

    static Supervisor ofProcess() {
        return new Supervisor(System.getenv("NOTIFY_SOCKET"));
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
            if (sent(address, message) != message.length) {
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

    /// @return as of sendto(2), negative after a failure
    private static long sent(byte[] path, byte[] message) {
        Library library = Library.load();
        try (Arena arena = Arena.ofConfined()) {
            int end = Short.BYTES + path.length;
            MemorySegment address = arena.allocate(end);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, Short.BYTES, path.length);
            MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
            int descriptor = (int) library.socket.invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            long sent =
                    (long)
                            library.sendto.invokeExact(
                                    descriptor, text, (long) message.length, 0, address, end);
            int _ = (int) library.close.invokeExact(descriptor);
            return sent;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot call the C library", e);
        }
    }

    private record Library(MethodHandle socket, MethodHandle sendto, MethodHandle close) {
        /// Linked when there is somebody to tell, since it costs a start some milliseconds.
        static Library load() {
            ValueLayout.OfInt number = ValueLayout.JAVA_INT;
            return new Library(
                    handle("socket", FunctionDescriptor.of(number, number, number, number)),
                    handle(
                            "sendto",
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_LONG,
                                    number,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    number,
                                    ValueLayout.ADDRESS,
                                    number)),
                    handle("close", FunctionDescriptor.of(number, number)));
        }

        // The launcher grants native access.
        @SuppressWarnings("restricted")
        private static MethodHandle handle(String name, FunctionDescriptor shape) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape);
        }
    }
}
