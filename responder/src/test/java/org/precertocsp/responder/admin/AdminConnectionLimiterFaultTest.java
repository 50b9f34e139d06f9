package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.alert.FakeAlarm;

/// The rules of [AdminConnectionLimiter] on a real Helidon listener, with a clock of the test's
/// own.
final class AdminConnectionLimiterFaultTest {
    private static final int PLACES = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String FULL = "CONNECTIONS_FULL test";

    private final AtomicLong nanos = new AtomicLong();
    private final FakeAlarm alarm = new FakeAlarm();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AdminConnectionLimiter limiter =
            new AdminConnectionLimiter(
                    "test",
                    new AdminConnectionLimiter.Limits(
                            PLACES,
                            Duration.ofSeconds(10),
                            Duration.ofMinutes(1),
                            Duration.ofSeconds(30)),
                    alarm,
                    nanos::get);
    private final List<Socket> sockets = new ArrayList<>();
    private WebServer server = WebServer.builder().build();

    @BeforeEach
    void start() {
        server =
                WebServer.builder()
                        .address(InetAddress.getLoopbackAddress())
                        .port(0)
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .maxTcpConnections(-1)
                        .connectionOptions(limiter.socketOptions())
                        .routing(
                                routing ->
                                        routing.addFilter(limiter.filter())
                                                .get("/", (_, response) -> response.send("ok"))
                                                .get(
                                                        "/known",
                                                        (request, response) -> {
                                                            limiter.markKnown(request);
                                                            response.send("ok");
                                                        })
                                                .get(
                                                        "/work",
                                                        (request, response) -> {
                                                            limiter.markKnown(request);
                                                            goOn.await();
                                                            response.send("ok");
                                                        }))
                        .build()
                        .start();
    }

    @AfterEach
    void stop() throws IOException {
        goOn.countDown();
        for (Socket socket : sockets) {
            socket.close();
        }
        server.stop();
    }

    private Socket connect(String from) throws Exception {
        int open = limiter.state().open();
        long displaced = limiter.state().displaced();
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.setSoTimeout((int) PATIENCE.toMillis());
        sockets.add(socket);
        await(() -> limiter.state().open() > open || limiter.state().displaced() > displaced);
        nanos.addAndGet(1_000_000);
        return socket;
    }

    private Socket connect() throws Exception {
        return connect("127.0.0.1");
    }

    private void ask(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(
                        "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .formatted(path)
                                .getBytes(StandardCharsets.US_ASCII));
        nanos.addAndGet(1_000_000);
    }

    private static void assertAnswered(Socket socket) throws IOException {
        String head = "";
        while (!head.endsWith("\r\n\r\nok")) {
            int next = socket.getInputStream().read();
            assertThat(next).as("the connection ended after: " + head).isNotNegative();
            head += (char) next;
        }
        assertThat(head).startsWith("HTTP/1.1 200");
    }

    private static void assertClosed(Socket socket) {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (IOException e) {
            assertThat(e).isNotInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void the_oldest_stranger_gives_way_and_people_are_told_until_it_is_calm() throws Exception {
        Socket first = connect();
        for (int i = 1; i < PLACES; i++) {
            connect();
        }
        limiter.check();
        assertThat(alarm.open()).isEmpty();

        Socket honest = connect();

        assertClosed(first);
        ask(honest, "/");
        assertAnswered(honest);
        limiter.check();
        assertThat(alarm.open()).containsExactly(FULL);
        assertThat(alarm.raised().getLast().what())
                .contains("all 4 connections", "127.0.0.1 with 1");

        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        limiter.check();
        assertThat(alarm.open()).isEmpty();
    }

    @Test
    void the_network_with_the_most_strangers_gives_way_not_the_one_with_the_oldest()
            throws Exception {
        Socket honest = connect("127.0.0.2");
        Socket first = connect();
        for (int i = 2; i < PLACES + 3; i++) {
            connect();
        }

        assertClosed(first);
        ask(honest, "/");
        assertAnswered(honest);
    }

    @Test
    void known_callers_go_after_all_others_and_never_in_the_middle_of_a_request() throws Exception {
        Socket idle = connect();
        ask(idle, "/known");
        assertAnswered(idle);
        Socket working = connect();
        ask(working, "/work");
        await(() -> limiter.state().busy() == 1);
        Socket anonymous = connect();
        ask(anonymous, "/");
        assertAnswered(anonymous);
        await(() -> limiter.state().strangers() == 0);
        Socket stranger = connect();

        connect();
        assertClosed(stranger);
        Socket second = connect();
        for (int i = 0; i < PLACES; i++) {
            connect();
        }
        assertClosed(second);

        // Strangers displace each other, and none of those who made a request.
        ask(anonymous, "/");
        assertAnswered(anonymous);
        ask(idle, "/");
        assertAnswered(idle);
        goOn.countDown();
        assertAnswered(working);
    }

    @Test
    void where_all_are_known_the_idlest_gives_way_and_where_all_work_the_new_one()
            throws Exception {
        List<Socket> all = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            Socket socket = connect();
            ask(socket, "/known");
            assertAnswered(socket);
            all.add(socket);
        }
        Socket next = connect();
        assertClosed(all.getFirst());
        ask(next, "/work");
        for (Socket socket : all.subList(1, PLACES)) {
            ask(socket, "/work");
        }
        await(() -> limiter.state().busy() == PLACES);

        assertClosed(connect());
        goOn.countDown();
        for (Socket socket : all.subList(1, PLACES)) {
            assertAnswered(socket);
        }
        assertAnswered(next);
    }

    @Test
    void who_brings_no_request_in_time_is_closed_and_who_idles_too_long_as_well() throws Exception {
        Socket stranger = connect();
        Socket slowHead = connect();
        slowHead.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
        Socket caller = connect();
        ask(caller, "/known");
        assertAnswered(caller);
        await(() -> limiter.state().strangers() == 2);

        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        limiter.check();
        assertClosed(stranger);
        assertClosed(slowHead);
        ask(caller, "/");
        assertAnswered(caller);

        // It idles once the server has noted the end of its response, which the client reads
        // earlier.
        await(
                () -> {
                    nanos.addAndGet(Duration.ofSeconds(61).toNanos());
                    limiter.check();
                    return limiter.state().late() == 3;
                });
        assertClosed(caller);
    }

    @Test
    void a_connection_whose_last_response_is_sent_is_closed_soon() throws Exception {
        Socket last = connect();
        ask(last, "/ HTTP/1.1\r\nConnection: close\r\nX-Rest:");
        assertAnswered(last);
        await(() -> limiter.state().open() == 0 || limiter.state().busy() == 0);

        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        limiter.check();

        assertClosed(last);
    }
}
