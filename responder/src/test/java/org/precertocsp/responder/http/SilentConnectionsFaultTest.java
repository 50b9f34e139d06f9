package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;
import static org.precertocsp.TestWait.awaitAsserted;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.slf4j.LoggerFactory;

/// Clients that take places and say nothing, or little, keep no honest client out.
final class SilentConnectionsFaultTest {
    private static final int PLACES = 100 * Integer.getInteger("faults", 1);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String GET = HttpRequests.get("/" + HttpRequests.BASE64);
    private static final String FULL = "CONNECTIONS_FULL public endpoint: connections";
    private static final String SHARE = "CONNECTIONS_FULL public endpoint: address";

    private final List<Wire> silent = new ArrayList<>();

    @AfterEach
    void hang_up() {
        silent.forEach(Wire::close);
    }

    @Test
    @Requirement("HT-20")
    void silent_connections_beyond_every_place_keep_nobody_out() {
        assertHonestServed("");
    }

    @Test
    @Requirement("HT-20")
    void connections_that_begin_a_request_keep_nobody_out() {
        assertHonestServed("G");
    }

    @Test
    @Requirement("HT-20")
    void connections_that_asked_once_keep_nobody_out() {
        assertHonestServed(GET);
    }

    @Test
    @Requirement("HT-20")
    void refused_clients_that_stay_keep_nobody_out() {
        assertHonestServed("nonsense\r\n");
    }

    @Test
    @Requirement("HT-20")
    void that_places_run_out_is_said_once_and_so_is_the_end() {
        try (TestServer server = new TestServer(config(5, 10, List.of(), LONG), SHORT)) {
            for (int i = 0; i < 20; i++) {
                silent.add(server.connect());
            }
            await(() -> server.alerts.size() == 2);

            assertThat(server.alerts).containsExactly(FULL, "end of " + FULL);
        }
    }

    private void assertHonestServed(String said) {
        try (TestServer server =
                new TestServer(config(PLACES, 2 * PLACES, List.of(), LONG), LONG)) {
            for (int i = 0; i < PLACES; i++) {
                silent.add(server.connect().send(said));
            }
            waitUntilOpen(server, PLACES);
            for (int i = 0; i < PLACES; i++) {
                assertThat(server.ask(GET).status()).isEqualTo(200);
                silent.add(said(server.connect(), said));
            }
            assertThat(server.http().openConnections()).isLessThanOrEqualTo(PLACES * 17L / 16 + 2);
            awaitAsserted(() -> assertThat(server.alerts).containsExactly(FULL));
        }
    }

    /// Where connections are refused for want of a place, or end in the middle of anything, nothing
    /// reaches the end of Netty's pipeline, which would log a warning for each.
    @Test
    @Requirement("HT-20")
    void connections_refused_or_reset_at_any_moment_are_no_log_lines() throws IOException {
        Logger netty = (Logger) LoggerFactory.getLogger("io.netty");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        netty.addAppender(log);
        try (TestServer server = new TestServer(config(20, 20, List.of(), LONG), LONG)) {
            for (int i = 0; i < 4 * PLACES; i++) {
                try (Socket socket = new Socket()) {
                    socket.connect(server.http().addresses().getFirst());
                    String said = (GET + GET).substring(0, i % (2 * GET.length()));
                    socket.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
                    socket.setSoLinger(i % 2 == 0, 0);
                } catch (IOException _) {
                    // Refused: the server is as it should be.
                }
            }
            // Until those before have gone, this one may be refused as well.
            await("an answer", () -> isAnswered(server::connect));
        } finally {
            netty.detachAppender(log);
        }
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }

    private static boolean isAnswered(Supplier<Wire> connection) {
        try (Wire wire = connection.get()) {
            return wire.send(GET).reply().status() == 200;
        } catch (UncheckedIOException _) {
            return false;
        }
    }

    @Test
    @Requirement("HT-20")
    void a_connection_in_use_stays_while_others_come_and_go() {
        try (TestServer server = new TestServer(config(PLACES, 2 * PLACES, List.of(), LONG), LONG);
                Wire steady = server.connect()) {
            for (int i = 0; i < 3 * PLACES; i++) {
                silent.add(server.connect());
                if (i % 10 == 0) {
                    assertThat(steady.send(GET).reply().status()).isEqualTo(200);
                }
            }
        }
    }

    @Test
    @Requirement("HT-20")
    void who_never_says_a_word_has_no_longer_than_a_request_may_take() {
        try (TestServer server = new TestServer(config(9, 9, List.of(), SHORT), LONG);
                Wire mute = server.connect()) {
            long begin = System.nanoTime();

            assertThat(mute.endsSilently()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG);
        }
    }

    @Test
    @Requirement("HT-20")
    void one_address_has_its_share_and_others_the_rest() throws Exception {
        InetAddress greedy = InetAddress.ofLiteral("127.0.0.2");
        try (TestServer server = new TestServer(config(PLACES, 10, List.of(), LONG), SHORT)) {
            for (int i = 0; i < 30; i++) {
                silent.add(from(server, greedy));
            }
            waitUntilOpen(server, 10);
            awaitAsserted(() -> assertThat(server.alerts).containsExactly(SHARE));
            // The same address is still served, in the place of what it left silent; at first it
            // may be rejected while those of its connections that were asked to close still do.
            await("an answer for the same address", () -> isAnswered(() -> from(server, greedy)));
            assertThat(server.ask(GET).status()).isEqualTo(200);
        }
    }

    @Test
    void a_trusted_proxy_may_have_as_many_as_there_are() throws Exception {
        InetAddress proxy = InetAddress.ofLiteral("127.0.0.2");
        List<AddressRange> trusted = List.of(AddressRange.parse("127.0.0.2/31"));
        try (TestServer server = new TestServer(config(PLACES, 10, trusted, LONG), LONG)) {
            for (int i = 0; i < 30; i++) {
                silent.add(from(server, proxy));
            }
            waitUntilOpen(server, 30);
            assertThat(server.alerts).isEmpty();
        }
    }

    @Test
    void connections_of_trusted_proxies_go_last() throws Exception {
        List<AddressRange> trusted = List.of(AddressRange.parse("127.0.0.2"));
        try (TestServer server = new TestServer(config(3, 3, trusted, LONG), LONG);
                Wire proxy = from(server, InetAddress.ofLiteral("127.0.0.2"))) {
            assertThat(proxy.send(GET).reply().status()).isEqualTo(200);
            for (int i = 0; i < 10; i++) {
                silent.add(server.connect().send(GET));
                assertThat(silent.getLast().reply().status()).isEqualTo(200);
            }
            assertThat(proxy.send(GET).reply().status()).isEqualTo(200);
        }
    }

    @Test
    void an_ipv6_client_is_its_network_and_a_mapped_address_is_ipv4() {
        assertThat(party("2001:db8::1")).isEqualTo(party("2001:db8:0:0:ffff::2"));
        assertThat(party("2001:db8::1")).isNotEqualTo(party("2001:db8:0:1::1"));
        assertThat(party("192.0.2.1")).isNotEqualTo(party("192.0.2.2"));
        assertThat(party("::ffff:192.0.2.1")).isEqualTo(party("192.0.2.1"));
    }

    private static Object party(String address) {
        return ConnectionLimiter.party(InetAddress.ofLiteral(address));
    }

    private static HttpConfig config(
            int places, int perAddress, List<AddressRange> trusted, Duration headerTimeout) {
        return new HttpConfig(
                TestServer.CONFIG.listen(),
                "/",
                2000,
                4000,
                5000,
                64,
                1 << 20,
                places,
                perAddress,
                trusted,
                50,
                headerTimeout,
                LONG,
                Duration.ofSeconds(1));
    }

    private static Wire from(TestServer server, InetAddress client) {
        InetSocketAddress there = server.address();
        return new Wire(there, client);
    }

    private static Wire said(Wire wire, String text) {
        try {
            return wire.send(text);
        } catch (UncheckedIOException _) {
            return wire;
        }
    }

    private static void waitUntilOpen(TestServer server, int connections) {
        await(
                connections + " open connections",
                () -> server.http().openConnections() == connections);
    }
}
