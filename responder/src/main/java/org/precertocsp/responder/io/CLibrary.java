package org.precertocsp.responder.io;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The few functions of the C library that this program needs and Java has no method for. Each is
/// looked up when it is first called, since a lookup delays the start by some milliseconds.
public final class CLibrary {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;

    private static final int SCHED_IDLE = 5;
    private static final int CALLING_THREAD = 0;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;

    private CLibrary() {}

    /// Lets the calling thread run only while no other thread needs the processor:
    /// sched_setscheduler(2) with SCHED_IDLE. Only on Linux does the function affect a thread;
    /// elsewhere it would affect the process.
    ///
    /// @return false if the system rejects it
    /// @throws IllegalStateException there is no such function
    public static boolean runThreadOnlyWhenIdle() {
        MethodHandle setScheduler =
                function(
                        "sched_setscheduler",
                        FunctionDescriptor.of(INT, INT, INT, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            // struct sched_param: a real-time priority, 0 for this policy.
            MemorySegment noPriority = arena.allocateFrom(INT, 0);
            return (int) setScheduler.invokeExact(CALLING_THREAD, SCHED_IDLE, noPriority) == 0;
        } catch (Throwable e) {
            throw cannotCall(e);
        }
    }

    /// Sends a datagram to a Unix socket; Java supports only stream sockets.
    ///
    /// @param path of the socket, at most 108 bytes; one that begins with a zero byte is outside
    ///   the file system
    /// @return false if it was not sent
    /// @throws IllegalStateException there are no such functions
    public static boolean sendDatagram(byte[] path, byte[] message) {
        MethodHandle socket = function("socket", FunctionDescriptor.of(INT, INT, INT, INT));
        MethodHandle sendto =
                function(
                        "sendto",
                        FunctionDescriptor.of(
                                SIZE,
                                INT,
                                ValueLayout.ADDRESS,
                                SIZE,
                                INT,
                                ValueLayout.ADDRESS,
                                INT));
        MethodHandle close = function("close", FunctionDescriptor.of(INT, INT));
        try (Arena arena = Arena.ofConfined()) {
            // struct sockaddr_un: the family in two bytes, then the path.
            int length = Short.BYTES + path.length;
            MemorySegment address = arena.allocate(length);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, Short.BYTES, path.length);
            MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
            int descriptor = (int) socket.invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            long sent =
                    (long)
                            sendto.invokeExact(
                                    descriptor, text, (long) message.length, 0, address, length);
            int _ = (int) close.invokeExact(descriptor);
            return sent == message.length;
        } catch (Throwable e) {
            throw cannotCall(e);
        }
    }

    // The launcher grants native access.
    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor signature) {
        Linker linker = Linker.nativeLinker();
        MemorySegment address =
                linker.defaultLookup()
                        .find(name)
                        .orElseThrow(
                                () -> new IllegalStateException("the C library has no " + name));
        return linker.downcallHandle(address, signature);
    }

    private static IllegalStateException cannotCall(Throwable cause) {
        return new IllegalStateException("cannot call the C library", cause);
    }
}
