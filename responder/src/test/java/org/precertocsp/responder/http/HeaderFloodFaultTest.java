package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.awaitAsserted;

import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestJvm;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.RequestLimits;

/// A server with a small heap, the limits of the default configuration, and clients that leave as
/// much as they can half done: its heap stays flat and honest clients are answered.
final class HeaderFloodFaultTest {
    private static final int CONNECTIONS = 400 * Integer.getInteger("faults", 1);
    private static final int HEAP_MB = 44 + CONNECTIONS / 100;

    /// Of heap for one connection beside what its client leaves unfinished.
    private static final int CONNECTION_BYTES = 5 << 10;

    /// Of an honest client while others send millions of requests; usually milliseconds.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String GET = HttpRequests.get("/" + HttpRequests.BASE64);
    private static final String POST = "POST / HTTP/1.1\r\nHost: x\r\n";

    private static Process child;
    private static BufferedReader out;
    private static PrintStream in;
    private static InetSocketAddress address;

    @BeforeAll
    static void start() throws IOException {
        child =
                TestJvm.with(List.of("-Xmx" + HEAP_MB + "m"), FloodedServer.class)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        out =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
        in = new PrintStream(child.getOutputStream(), true, StandardCharsets.UTF_8);
        address =
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), Integer.parseInt(out.readLine()));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        child.destroy();
        if (!child.waitFor(10, TimeUnit.SECONDS)) {
            child.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fields",
                "long fields",
                "line",
                "body",
                "chunks",
                "small chunks",
                "trailers",
                "pipelined"
            })
    @Requirement("HT-20")
    void half_finished_requests_take_no_more_than_their_budget(String attack) {
        assertHeldOff(half(attack), 0);
    }

    /// Heap that the server's own work takes and leaves meanwhile.
    private static final long COMES_AND_GOES = 4 << 20;

    @Test
    @Requirement("HT-20")
    void replies_that_nobody_reads_take_no_more_than_their_budget() {
        // Sockets hold the first megabytes.
        assertHeldOff(GET.repeat(100), 20);
    }

    /// @param more how often it is sent again, as long as the server takes it
    private void assertHeldOff(String text, int more) {
        assertThat(honest()).isLessThan(PATIENCE);
        long before = ask().heap();
        List<SocketChannel> clients = new ArrayList<>();
        try {
            byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(attack(octets, more));
                if (i % 200 == 0) {
                    assertThat(honest()).isLessThan(PATIENCE);
                }
            }
            State state = ask();
            assertThat(state.pending()).isLessThanOrEqualTo(state.budget());
            assertThat(state.heap() - before)
                    .isLessThan(
                            state.budget()
                                    + (long) CONNECTIONS * CONNECTION_BYTES
                                    + COMES_AND_GOES);
            assertThat(state.direct()).isLessThan(4 * state.budget() + (16L << 20));
            assertThat(inPieces()).isEqualTo(200);
            assertThat(honest()).isLessThan(PATIENCE);
        } finally {
            clients.forEach(HeaderFloodFaultTest::close);
        }
        awaitAsserted(
                () -> {
                    State state = ask();
                    assertThat(state.pending()).isZero();
                    assertThat(state.open()).isZero();
                });
        assertThat(ask().heap() - before).isLessThan(8 << 20);
        assertThat(honest()).isLessThan(PATIENCE);
    }

    /// A request nearly whole, as large as the limits let it be.
    private static String half(String attack) {
        return switch (attack) {
            case "fields" -> "GET / HTTP/1.1\r\n" + "a:\r\n".repeat(4000);
            case "long fields" ->
                    "GET / HTTP/1.1\r\n" + ("a: " + "y".repeat(240) + "\r\n").repeat(60);
            case "line" -> "GET /" + "M".repeat(8000);
            case "body" -> POST + "Content-Length: 32768\r\n\r\n" + "x".repeat(32_000);
            case "chunks" ->
                    POST
                            + "Transfer-Encoding: chunked\r\n\r\n"
                            + ("3e8\r\n" + "x".repeat(1000) + "\r\n").repeat(32);
            case "small chunks" ->
                    POST + "Transfer-Encoding: chunked\r\n\r\n" + "1\r\nx\r\n".repeat(6000);
            case "trailers" ->
                    POST
                            + "Transfer-Encoding: chunked\r\n\r\n0\r\n"
                            + ("a: " + "y".repeat(240) + "\r\n").repeat(60);
            case "pipelined" -> "PUT / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(400) + "GET /";
            default -> throw new IllegalArgumentException(attack);
        };
    }

    private SocketChannel attack(byte[] octets, int more) {
        try {
            SocketChannel client = SocketChannel.open(address);
            try {
                client.write(ByteBuffer.wrap(octets));
                client.configureBlocking(false);
                for (int i = 0; i < more; i++) {
                    client.write(ByteBuffer.wrap(octets));
                }
            } catch (IOException _) {
                // Cut off, as may be.
            }
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(SocketChannel client) {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Duration honest() {
        long begin = System.nanoTime();
        try (Wire wire = new Wire(address)) {
            assertThat(wire.send(GET).reply().body()).isEqualTo(FakeSource.DER);
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /// As clients send whose head and body are two packets.
    private int inPieces() {
        try (Wire wire = new Wire(address)) {
            wire.send(POST + HttpRequests.LENGTH + "\r\n");
            LockSupport.parkNanos(20_000_000);
            return wire.send(HttpRequests.DER).reply().status();
        }
    }

    private record State(long heap, long direct, long pending, long budget, int open) {}

    private State ask() {
        in.println("state");
        try {
            String[] numbers = out.readLine().split(" ", -1);
            return new State(
                    Long.parseLong(numbers[0]),
                    Long.parseLong(numbers[1]),
                    Long.parseLong(numbers[2]),
                    Long.parseLong(numbers[3]),
                    Integer.parseInt(numbers[4]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The child process: writes its port, and a line about itself for each line it reads.
    static final class FloodedServer {
        private static final Duration LONG = Duration.ofSeconds(60);

        private FloodedServer() {}

        public static void main(String[] args) throws IOException {
            long budget = Runtime.getRuntime().maxMemory() / 8;
            HttpConfig config =
                    new HttpConfig(
                            List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                            "/",
                            8 << 10,
                            16 << 10,
                            32 << 10,
                            64,
                            budget,
                            10_000,
                            10_000,
                            List.of(),
                            1000,
                            LONG,
                            LONG,
                            LONG);
            OcspServiceConfig answering =
                    new OcspServiceConfig(
                            new OcspRequestDecoder(new RequestLimits(10)),
                            new IssuerDirectory(List.of()),
                            FastReplyLookup.NONE,
                            OcspServiceConfig.Sources.of(_ -> FakeSource.SERVED),
                            4,
                            1,
                            OcspServiceConfig.SingleUse.NONE,
                            new RequestMetrics(),
                            new OverloadMonitor(Alarm.LOGGED));
            OcspHttpServer server =
                    OcspHttpServer.start(config, answering, InstantSource.fixed(FakeSource.NOW));
            System.out.println(server.addresses().getFirst().getPort());
            BufferedReader commands =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (commands.readLine() != null) {
                System.gc();
                System.out.printf(
                        "%d %d %d %d %d%n",
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                        PlatformDependent.usedDirectMemory(),
                        server.pendingBytes(),
                        budget,
                        server.openConnections());
            }
            System.exit(0);
        }
    }
}
