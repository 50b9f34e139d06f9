package org.precertocsp.responder.campaign;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/// An Ethernet switch between network namespaces, in this process: each host has an interface whose
/// frames are read and written here (a TAP device), so that any direction of any link can be cut,
/// delayed or made to lose frames, each by itself. It needs neither `tc netem` nor a packet filter,
/// which many kernels are built without.
///
/// Needs the rights of root in the network namespace of this process, which must be one of its own:
/// see [ClusterCampaignIT]. Everything it makes ends with that namespace.
final class VirtualNetwork implements AutoCloseable {
    /// How frames in one direction of a link fare.
    ///
    /// @param cut none arrives
    /// @param delayMicros until one arrives; those of one link may overtake each other by
    ///   `jitterMicros`
    /// @param jitterMicros more than that, at most
    /// @param loss of a thousand frames, those that do not arrive
    record Link(boolean cut, long delayMicros, long jitterMicros, int loss) {
        static final Link GOOD = new Link(false, 0, 0, 0);
        static final Link CUT = new Link(true, 0, 0, 0);
    }

    /// @param number from 1 to [#MOST_HOSTS]; also the last part of its address
    record Host(String name, int number) {
        String address() {
            return address(number);
        }

        static String address(int number) {
            return "10.77.0." + number;
        }
    }

    static final int MOST_HOSTS = 15;

    private static final int FRAME = 9_018;
    private static final int MOST_DELAYED = 20_000;
    private static final int MAC_BYTES = 6;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN =
            handle(
                    "open",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL =
            handle(
                    "ioctl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle READ =
            handle("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    private static final int READ_WRITE = 2;
    private static final long TUNSETIFF = 0x4004_54caL;
    // IFF_TAP | IFF_NO_PI: whole Ethernet frames and nothing before them.
    private static final short TAP = 0x1002;
    private static final int NAME_BYTES = 16;
    private static final int REQUEST_BYTES = 40;

    private final int[] ports = new int[MOST_HOSTS + 1];
    private final AtomicReferenceArray<Link> links =
            new AtomicReferenceArray<>((MOST_HOSTS + 1) * (MOST_HOSTS + 1));
    private final DelayQueue<LateFrame> late = new DelayQueue<>();
    private final LongAdder forwarded = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    @SuppressWarnings("restricted")
    private static MethodHandle handle(
            String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().find(name).orElseThrow(), type, options);
    }

    private static final class LateFrame implements Delayed {
        private final int to;
        private final byte[] frame;
        private final long dueNanos;

        LateFrame(int to, byte[] frame, long dueNanos) {
            this.to = to;
            this.frame = frame;
            this.dueNanos = dueNanos;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(dueNanos, ((LateFrame) other).dueNanos);
        }
    }

    /// Makes a namespace for each host but the first, which is this process's own, and joins them.
    VirtualNetwork(List<Host> hosts) throws IOException, InterruptedException {
        for (int i = 0; i < links.length(); i++) {
            links.set(i, Link.GOOD);
        }
        StringBuilder outside = new StringBuilder("link set lo up\n");
        for (Host host : hosts) {
            ports[host.number()] = openTap(device(host));
            if (!host.equals(hosts.getFirst())) {
                outside.append("netns add %s%n".formatted(host.name()));
                outside.append("link set %s netns %s%n".formatted(device(host), host.name()));
            }
        }
        ip(outside.toString());
        for (Host host : hosts) {
            String inside =
                    """
                    link set lo up
                    link set %1$s address 02:00:00:00:00:%2$02x mtu 9000
                    addr add %3$s/24 dev %1$s
                    link set %1$s up
                    """
                            .formatted(device(host), host.number(), host.address());
            if (host.equals(hosts.getFirst())) {
                ip(inside);
            } else {
                ip(inside, "-n", host.name());
            }
        }
        for (Host host : hosts) {
            start("switch-" + host.name(), () -> forward(host.number()));
        }
        start("switch-late", this::deliverLate);
    }

    private static String device(Host host) {
        return "lab" + host.number();
    }

    /// The words before a command that make it run on that host.
    static List<String> on(Host host) {
        return List.of("ip", "netns", "exec", host.name());
    }

    private static void ip(String commands, String... options)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("ip"));
        words.addAll(List.of(options));
        words.addAll(List.of("-batch", "-"));
        Process ip = new ProcessBuilder(words).redirectErrorStream(true).start();
        try (var in = ip.outputWriter(StandardCharsets.UTF_8)) {
            in.write(commands);
        }
        String output = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (ip.waitFor() != 0) {
            throw new IOException("%s: %s".formatted(String.join(" ", words), output));
        }
    }

    private void start(String name, Runnable task) {
        Thread thread = Thread.ofPlatform().daemon().name(name).start(task);
        threads.add(thread);
    }

    // What happens to links.

    private static int index(int from, int to) {
        return from * (MOST_HOSTS + 1) + to;
    }

    /// Sets one direction.
    void set(Host from, Host to, Link link) {
        links.set(index(from.number(), to.number()), link);
    }

    /// Sets both directions between a host and others.
    void setBoth(Host host, List<Host> others, Link link) {
        for (Host other : others) {
            set(host, other, link);
            set(other, host, link);
        }
    }

    long forwarded() {
        return forwarded.sum();
    }

    long dropped() {
        return dropped.sum();
    }

    // Frames.

    private void forward(int from) {
        Random random = new Random(from);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(FRAME);
            while (!closed) {
                long size = (long) READ.invokeExact(ports[from], frame, (long) FRAME);
                if (size < 2L * MAC_BYTES) {
                    // The interface is not up yet.
                    TimeUnit.MILLISECONDS.sleep(10);
                    continue;
                }
                int to = Byte.toUnsignedInt(frame.get(JAVA_BYTE, MAC_BYTES - 1));
                boolean all = (frame.get(JAVA_BYTE, 0) & 1) != 0;
                for (int port = 1; port <= MOST_HOSTS; port++) {
                    if (port != from && ports[port] != 0 && (all || port == to)) {
                        send(from, port, frame, size, random);
                    }
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(int from, int to, MemorySegment frame, long size, Random random)
            throws Throwable {
        Link link = links.get(index(from, to));
        if (link.cut()
                || (link.loss() > 0 && random.nextInt(1_000) < link.loss())
                || late.size() > MOST_DELAYED) {
            dropped.increment();
            return;
        }
        forwarded.increment();
        if (link.delayMicros() == 0 && link.jitterMicros() == 0) {
            long _ = (long) WRITE.invokeExact(ports[to], frame, size);
            return;
        }
        long micros = link.delayMicros() + random.nextLong(link.jitterMicros() + 1);
        late.add(
                new LateFrame(
                        to,
                        frame.asSlice(0, size).toArray(JAVA_BYTE),
                        System.nanoTime() + micros * 1_000));
    }

    private void deliverLate() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(FRAME);
            while (!closed) {
                LateFrame next = late.take();
                MemorySegment.copy(next.frame, 0, buffer, JAVA_BYTE, 0, next.frame.length);
                long _ = (long) WRITE.invokeExact(ports[next.to], buffer, (long) next.frame.length);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static int openTap(String device) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int file = (int) OPEN.invokeExact(arena.allocateFrom("/dev/net/tun"), READ_WRITE);
            if (file < 0) {
                throw new IOException("/dev/net/tun cannot be opened");
            }
            MemorySegment request = arena.allocate(REQUEST_BYTES);
            request.setString(0, device);
            request.set(JAVA_SHORT, NAME_BYTES, TAP);
            int result = (int) IOCTL.invokeExact(file, TUNSETIFF, request);
            if (result < 0) {
                throw new IOException("no TAP device may be made here");
            }
            return file;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Stops to forward; the namespaces end with this process.
    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
