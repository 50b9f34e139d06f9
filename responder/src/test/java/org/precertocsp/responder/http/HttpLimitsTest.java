package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.request.Requests;

/// Bytes no good client sends, and clients that are too many, too slow or too greedy.
final class HttpLimitsTest {
    private static final String PLAIN = Base64.getEncoder().encodeToString(Requests.plain());
    private static final String GET = "GET /" + PLAIN + " HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: x\r\n";
    private static final String TRY_LATER = "30030a0103";
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(400);

    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void pipelined_requests_are_answered_in_order() {
        try (Wire wire = server.connect()) {
            wire.send(
                    GET
                            + "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
                            + "PUT / HTTP/1.1\r\nHost: x\r\n\r\n"
                            + GET);

            assertThat(wire.reply().body()).isEqualTo(FakeSource.DER);
            assertThat(wire.reply().body().length()).isEqualTo(5);
            assertThat(wire.reply().status()).isEqualTo(405);
            assertThat(wire.reply().body()).isEqualTo(FakeSource.DER);
        }
    }

    @Test
    void thousands_of_pipelined_requests_are_answered_one_by_one() {
        try (Wire wire = server.connect()) {
            Thread.ofVirtual()
                    .start(() -> wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3000)));
            for (int i = 0; i < 3000; i++) {
                assertThat(wire.reply().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void a_body_may_come_in_chunks_of_one_octet() {
        StringBuilder chunks = new StringBuilder(POST + "Transfer-Encoding: chunked\r\n\r\n");
        for (byte octet : Requests.plain()) {
            chunks.append("1\r\n").append((char) (octet & 0xff)).append("\r\n");
        }

        try (Wire wire = server.connect()) {
            wire.send(chunks + "0\r\n\r\n" + GET);

            assertThat(wire.reply().body()).isEqualTo(FakeSource.DER);
            assertThat(wire.reply().body()).isEqualTo(FakeSource.DER);
        }
    }

    @Test
    void a_request_may_come_octet_by_octet() {
        try (Wire wire = server.connect()) {
            for (byte octet : GET.getBytes(StandardCharsets.ISO_8859_1)) {
                wire.send(new byte[] {octet});
            }

            assertThat(wire.reply().body()).isEqualTo(FakeSource.DER);
        }
    }

    @Test
    void http_1_0_ends_with_the_answer_unless_asked_to_stay() {
        try (Wire wire = server.connect()) {
            wire.send("GET /" + PLAIN + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            Wire.Reply kept = wire.reply();
            wire.send("GET /" + PLAIN + " HTTP/1.0\r\n\r\n");
            Wire.Reply last = wire.reply();

            assertThat(kept.field("Connection")).isEqualTo("keep-alive");
            assertThat(last.field("Connection")).isEqualTo("close");
            assertThat(last.body()).isEqualTo(FakeSource.DER);
            assertThat(wire.endsSilently()).isTrue();
        }
    }

    @Test
    void a_client_that_ends_its_side_still_gets_its_answer() {
        server.source.hold();
        try (Wire wire = server.connect()) {
            wire.send(GET).endOutput();
            server.source.entered.acquireUninterruptibly();
            server.source.release();

            assertThat(wire.reply().body()).isEqualTo(FakeSource.DER);
            assertThat(wire.endsSilently()).isTrue();
        }
    }

    @Test
    void leave_to_send_a_body_is_given_when_asked() {
        byte[] der = Requests.plain();
        try (Wire wire = server.connect()) {
            wire.send(POST + "Expect: 100-continue\r\nContent-Length: " + der.length + "\r\n\r\n");
            assertThat(wire.reply().status()).isEqualTo(100);
            assertThat(wire.send(der).reply().body()).isEqualTo(FakeSource.DER);
        }
    }

    @Test
    void no_leave_is_given_for_a_body_too_large_or_an_unknown_expectation() {
        String large = POST + "Expect: 100-continue\r\nContent-Length: 5001\r\n\r\n";
        String unknown = POST + "Expect: the-moon\r\nContent-Length: 5\r\n\r\n";

        assertRefused(server.ask(large), 413);
        assertRefused(server.ask(unknown), 417);
    }

    @Test
    @Requirement({"HT-06", "HT-20"})
    void what_is_too_long_is_refused_by_its_own_status() {
        String line = "GET /" + "M".repeat(2000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        String header = "GET / HTTP/1.1\r\nX: " + "y".repeat(4000) + "\r\n\r\n";
        String headers = "GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(1100) + "\r\n";
        String chunks =
                POST
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + ("400\r\n" + "y".repeat(1024) + "\r\n").repeat(6);

        assertRefused(server.ask(line), 414);
        assertRefused(server.ask(header), 431);
        assertRefused(server.ask(headers), 431);
        assertRefused(server.ask(chunks), 413);
        assertThat(server.source.asked).isEmpty();
    }

    @Test
    void a_client_that_sends_a_megabyte_too_much_still_reads_why_it_was_refused() {
        try (Wire wire = server.connect()) {
            wire.send(POST + "Content-Length: 1000100\r\n\r\n").send(Requests.filled(1_000_100, 0));

            assertRefused(wire.reply(), 413);
            wire.endOutput();
            assertThat(wire.endsSilently()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: identity",
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 5, 6",
                "Content-Length: +5",
                "Content-Length: -5",
                "Content-Length: 0x5",
                "Content-Length : 5",
                "Content-Length: 99999999999999999999",
            })
    void a_body_whose_end_is_in_doubt_is_refused(String fields) {
        try (Wire wire = server.connect()) {
            wire.send(POST + fields + "\r\n\r\n0\r\n\r\n" + GET);

            assertRefused(wire.reply(), 400);
            wire.endOutput();
            // The request smuggled behind it is not looked at.
            assertThat(wire.endsSilently()).isTrue();
            assertThat(server.source.asked).isEmpty();
        }
    }

    @Test
    void chunked_is_unknown_to_http_1_0() {
        assertRefused(
                server.ask("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "complete nonsense that is not a request line\r\n\r\n",
                "GET / HTTP/1.1\r\n: nameless\r\n\r\n",
                "GET / HTTP/1.1\r\nbad name: x\r\n\r\n",
                "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTQ/1.1\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            })
    void malformed_http_is_refused_and_hung_up_on(String request) {
        try (Wire wire = server.connect()) {
            Wire.Reply reply = wire.send(request).reply();

            assertRefused(reply, 400);
            wire.endOutput();
            assertThat(wire.endsSilently()).isTrue();
        }
        assertStillServes();
    }

    @Test
    void another_major_version_is_refused() {
        assertRefused(server.ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
    }

    @Test
    void garbage_and_resets_kill_nothing() {
        for (int i = 0; i < 20; i++) {
            try (Wire wire = server.connect()) {
                // What a TLS client says first, then noise.
                wire.send(Requests.hex("16030102000100")).send(Requests.filled(3000, i * 13));
            }
            try (Wire wire = server.connect()) {
                wire.send(GET);
            }
        }
        assertStillServes();
    }

    @Test
    @Requirement("HT-20")
    void a_slow_request_is_cut_off_and_an_idle_connection_too() {
        try (TestServer own = TestServer.with(50, 4, SHORT, SHORT, SHORT);
                Wire silent = own.connect();
                Wire slowHead = own.connect().send("GET /M");
                Wire slowBody = own.connect().send(POST + "Content-Length: 50\r\n\r\n0");
                Wire blank = own.connect().send("\r\n");
                Wire used = own.connect().send(GET)) {
            assertThat(used.reply().body()).isEqualTo(FakeSource.DER);
            assertThat(used.endsSilently()).isTrue();
            assertThat(silent.endsSilently()).isTrue();
            assertThat(slowHead.endsSilently()).isTrue();
            assertThat(slowBody.endsSilently()).isTrue();
            assertThat(blank.endsSilently()).isTrue();
        }
    }

    @Test
    @Requirement("HT-20")
    void a_dripping_request_gains_no_time_by_dripping() {
        try (TestServer own = TestServer.with(50, 4, SHORT, LONG, SHORT);
                Wire drip = own.connect()) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                for (int i = 0; i < 1000; i++) {
                                    drip.send("X");
                                    LockSupport.parkNanos(50_000_000);
                                }
                            });
            long start = System.nanoTime();
            assertThat(drip.endsSilently()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
        }
    }

    @Test
    @Requirement("HT-20")
    void a_client_that_never_reads_is_cut_off() {
        try (TestServer own = TestServer.with(50, 4, SHORT, LONG, SHORT);
                Wire deaf = own.connect()) {
            assertThat(own.source.asked).isEmpty();
            Thread sender = Thread.ofVirtual().start(() -> sendUntilCutOff(deaf));
            join(sender);

            assertThat(sender.isAlive()).isFalse();
        }
    }

    @Test
    @Requirement("HT-20")
    void a_connection_beyond_the_limit_takes_the_place_of_the_longest_idle() {
        try (TestServer own = TestServer.with(2, 4, LONG, LONG, SHORT);
                Wire one = own.connect();
                Wire two = own.connect()) {
            assertThat(one.send(GET).reply().status()).isEqualTo(200);
            // The server may count a reply as sent a moment after it was read.
            LockSupport.parkNanos(200_000_000);
            assertThat(two.send(GET).reply().status()).isEqualTo(200);
            try (Wire three = own.connect()) {
                assertThat(three.send(GET).reply().status()).isEqualTo(200);
            }
            assertThat(one.endsSilently()).isTrue();
            assertThat(two.send(GET).reply().status()).isEqualTo(200);
        }
    }

    @Test
    @Requirement("HT-20")
    void where_all_wait_for_answers_a_connection_beyond_the_limit_is_closed_as_it_comes() {
        try (TestServer own = TestServer.with(1, 4, LONG, LONG, SHORT);
                Wire one = own.connect()) {
            own.source.hold();
            one.send(GET);
            own.source.entered.acquireUninterruptibly();
            try (Wire two = own.connect()) {
                assertThat(two.endsSilently()).isTrue();
            }
            own.source.release();
            assertThat(one.reply().status()).isEqualTo(200);
        }
    }

    @Test
    @Requirement("HT-20")
    void answers_beyond_the_limit_are_try_later_and_errors_need_no_place() {
        try (TestServer own = TestServer.with(50, 1, LONG, LONG, SHORT);
                Wire first = own.connect()) {
            own.source.hold();
            first.send(GET);
            own.source.entered.acquireUninterruptibly();

            Wire.Reply refused = own.ask(GET);
            Wire.Reply malformed = own.ask("GET /MFQw HTTP/1.1\r\nHost: x\r\n\r\n");
            own.source.release();

            assertThat(refused.status()).isEqualTo(200);
            assertThat(refused.body().toHex()).isEqualTo(TRY_LATER);
            assertThat(refused.field("Retry-After")).isEqualTo("1");
            assertThat(refused.field("Cache-Control")).isEqualTo("no-store");
            assertThat(malformed.body().toHex()).isEqualTo("30030a0101");
            assertThat(first.reply().body()).isEqualTo(FakeSource.DER);
        }
    }

    @Test
    void a_client_that_has_its_answer_has_left_its_place() {
        try (TestServer own = TestServer.with(50, 1, LONG, LONG, SHORT);
                Wire wire = own.connect()) {
            for (int i = 0; i < 500; i++) {
                assertThat(wire.send(GET).reply().body()).isEqualTo(FakeSource.DER);
            }
        }
    }

    /// What clients that have gone asked for may take up the few places for a moment.
    private void assertStillServes() {
        await(
                "an answer",
                () -> {
                    ByteString body = server.ask(GET).body();
                    assertThat(body.toHex()).isIn(TRY_LATER, FakeSource.DER.toHex());
                    return body.equals(FakeSource.DER);
                });
    }

    private static void assertRefused(Wire.Reply reply, int status) {
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.field("Connection")).isEqualTo("close");
        assertThat(reply.field("Content-Type")).isEqualTo("application/ocsp-response");
        assertThat(reply.field("Cache-Control")).isEqualTo("no-store");
        assertThat(reply.body().toHex()).isEqualTo("30030a0101");
    }

    private static void sendUntilCutOff(Wire wire) {
        try {
            while (true) {
                wire.send(GET.repeat(100));
            }
        } catch (UncheckedIOException _) {
            // The server hung up, as it should.
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(60));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
