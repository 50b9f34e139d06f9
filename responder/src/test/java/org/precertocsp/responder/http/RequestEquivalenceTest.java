package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.request.OcspRequestView;
import org.precertocsp.signer.SignedResponse;

/// The same requests get the same bytes: whether the reply is ready on the event loop or has to be
/// asked for, and in whatever pieces the requests arrive. In one piece they are mostly read in
/// their usual form, cut in pieces in the general one.
final class RequestEquivalenceTest {
    private static final String GET = HttpRequests.get("/" + HttpRequests.BASE64);
    private static final HttpReply SERVED = HttpReply.of((Answer.Served) FakeSource.SERVED);
    private static final SignedResponse SIGNED =
            FakeSource.response(FakeSource.THIS_UPDATE, FakeSource.NEXT_UPDATE);
    private static final SignedResponse OVER =
            FakeSource.response(FakeSource.THIS_UPDATE, FakeSource.THIS_UPDATE.plusSeconds(9));

    @ParameterizedTest
    @MethodSource("org.precertocsp.responder.http.HttpRequests#plain")
    void a_plain_request_is_answered_without_asking_the_source(String request) {
        try (TestServer fast = TestServer.with((_, _) -> SERVED);
                TestServer slow = TestServer.with((_, _) -> null)) {
            Wire.Reply reply = fast.ask(request);

            assertThat(reply).isEqualTo(slow.ask(request));
            assertThat(reply.body()).isEqualTo(FakeSource.DER);
            assertThat(fast.source.asked).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("org.precertocsp.responder.http.HttpRequests#plain")
    void every_answer_is_sent_alike_to_a_request_in_one_piece_and_in_many(String request) {
        List<Answer> answers =
                List.of(
                        FakeSource.SERVED,
                        new Answer.NotOurs("test"),
                        new Answer.Busy(Duration.ofSeconds(3), "test"),
                        new Answer.Failed("test"),
                        new Answer.ServedOnce(SIGNED, true),
                        new Answer.ServedOnce(SIGNED, false),
                        new Answer.ServedOnce(OVER, true),
                        new Answer.Served(OVER, FakeSource.RENEWAL));
        try (TestServer whole = TestServer.with((_, _) -> null);
                TestServer cut = TestServer.with((_, _) -> null);
                Wire wire = whole.connect();
                Wire slowly = cut.connect()) {
            for (Answer answer : answers) {
                whole.source.answer.set(answer);
                cut.source.answer.set(answer);
                send(slowly, pieces(request, List.of(3, 50, 90)));

                assertThat(wire.send(request).reply()).isEqualTo(slowly.reply());
            }
            assertThat(whole.source.asked).isEqualTo(cut.source.asked);
            assertThat(whole.traffic.requests()).isEqualTo(cut.traffic.requests());
        }
    }

    @Test
    void what_comes_while_a_plain_request_is_answered_waits_its_turn() {
        try (TestServer server = TestServer.with((_, _) -> null);
                Wire wire = server.connect()) {
            server.source.hold();
            wire.send(GET);
            server.source.entered.acquireUninterruptibly();
            wire.send(GET + "PUT / HTTP/1.1\r\nHost: x\r\n\r\n" + GET);
            server.source.release();

            for (int status : new int[] {200, 200, 405, 200}) {
                assertThat(wire.reply().status()).isEqualTo(status);
            }
            assertThat(wire.send(GET).reply().body()).isEqualTo(FakeSource.DER);
        }
    }

    @ParameterizedTest
    @MethodSource("org.precertocsp.responder.http.HttpRequests#unusual")
    void an_unusual_request_is_answered_as_ever(String request) {
        try (TestServer fast = TestServer.with((_, _) -> SERVED);
                TestServer slow = TestServer.with((_, _) -> null)) {
            assertThat(replies(fast, List.of(request))).isEqualTo(replies(slow, List.of(request)));
        }
    }

    @Test
    void a_long_request_behind_short_ones_is_not_cut_in_two() {
        String longer =
                HttpRequests.get(
                        "/" + HttpRequests.BASE64, "Host: x\r\nX: " + "y".repeat(900) + "\r\n");
        try (TestServer server = TestServer.with((_, _) -> SERVED);
                Wire wire = server.connect()) {
            for (int i = 0; i < 40; i++) {
                assertThat(wire.send(GET).reply().status()).isEqualTo(200);
            }
            assertThat(wire.send(longer).reply().body()).isEqualTo(FakeSource.DER);
            assertThat(server.source.asked).isEmpty();
        }
    }

    @Test
    @Requirement({"RP-03", "HT-06", "HT-14", "HT-19"})
    void an_unassigned_serial_is_unauthorized_alike() {
        try (TestServer fast = TestServer.with((_, _) -> HttpReply.unauthorized());
                TestServer slow = TestServer.with((_, _) -> null)) {
            slow.source.answer.set(new Answer.NotOurs("test"));

            assertThat(fast.ask(GET)).isEqualTo(slow.ask(GET));
            assertThat(fast.source.asked).isEmpty();
        }
    }

    @Test
    @Requirement("HT-11")
    void a_ready_reply_outside_its_window_is_not_sent() {
        var over =
                FakeSource.response(FakeSource.THIS_UPDATE, FakeSource.THIS_UPDATE.plusSeconds(9));
        var early = FakeSource.response(FakeSource.RENEWAL, FakeSource.NEXT_UPDATE);
        for (var response : List.of(over, early)) {
            var stale = HttpReply.of(new Answer.Served(response, FakeSource.RENEWAL));
            try (TestServer server = TestServer.with((_, _) -> stale)) {
                assertThat(server.ask(GET).body()).isEqualTo(FakeSource.DER);
                assertThat(server.source.asked).hasSize(1);
            }
        }
    }

    @Test
    void ready_and_other_replies_keep_their_order() {
        String put = "PUT / HTTP/1.1\r\nHost: x\r\n\r\n";
        String post = HttpRequests.post(HttpRequests.LENGTH);
        try (TestServer server = TestServer.with(RequestEquivalenceTest::withoutNonce);
                Wire wire = server.connect()) {
            String nonce = HttpRequests.get("/" + HttpRequests.BASE64_WITH_NONCE);
            wire.send(GET + GET + put + GET + nonce + post + GET);

            for (int status : new int[] {200, 200, 405, 200, 200, 200, 200}) {
                assertThat(wire.reply().status()).isEqualTo(status);
            }
            assertThat(server.source.asked).hasSize(1);
            assertThat(wire.send(GET).reply().body()).isEqualTo(FakeSource.DER);
        }
    }

    @Test
    void octets_are_not_taken_for_a_request_in_the_middle_of_another() {
        try (TestServer server = TestServer.with((_, _) -> SERVED);
                Wire wire = server.connect()) {
            wire.send(GET + "GET / HTTP/1.1\r\n");
            assertThat(wire.reply().status()).isEqualTo(200);

            assertThat(wire.send(GET).reply().status()).isEqualTo(400);
        }
        try (TestServer server = TestServer.with((_, _) -> SERVED);
                Wire wire = server.connect()) {
            wire.send(
                    GET
                            + "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: "
                            + GET.length()
                            + "\r\n\r\n");
            assertThat(wire.reply().status()).isEqualTo(200);

            assertThat(wire.send(GET).reply().status()).isEqualTo(405);
        }
    }

    @Test
    void nothing_behind_a_refused_request_is_read() {
        String bad = "GET / HTTP/1.1\r\nHost: a b\r\n\r\n";
        for (List<String> pieces : List.of(List.of(bad + GET), List.of(bad, GET))) {
            try (TestServer server = TestServer.with((_, _) -> null);
                    Wire wire = server.connect()) {
                send(wire, pieces);

                assertThat(wire.reply().status()).isEqualTo(400);
                assertThat(wire.endsSilently()).isTrue();
                LockSupport.parkNanos(50_000_000);
                assertThat(server.source.asked).isEmpty();
            }
        }
    }

    @Test
    void a_head_among_other_requests_is_answered_alike() {
        List<String> pieces = List.of("HE", GET.replace("GET", "AD") + GET, GET.repeat(2));
        try (TestServer fast = TestServer.with((_, _) -> SERVED);
                TestServer slow = TestServer.with((_, _) -> null)) {
            List<Wire.Reply> replies = replies(fast, pieces);

            assertThat(replies).hasSize(4).isEqualTo(replies(slow, pieces));
            assertThat(replies.getFirst().body()).isEqualTo(ByteString.of());
            assertThat(replies.getLast().body()).isEqualTo(FakeSource.DER);
        }
    }

    @Test
    @Requirement("HT-20")
    void a_client_that_never_reads_cannot_make_replies_pile_up() {
        try (TestServer server = TestServer.with((_, _) -> SERVED);
                Wire deaf = server.connect();
                Wire other = server.connect()) {
            AtomicLong sent = new AtomicLong();
            Thread sender = Thread.ofVirtual().start(() -> sendForever(deaf, sent));
            // Sockets hold some megabytes. Whatever the server took beyond, it would go on taking.
            awaitStandstill(sent);
            long replies = server.traffic.ready();

            assertThat(sender.isAlive()).isTrue();
            assertThat(replies).isLessThan(sent.get());
            assertThat(server.http().pendingBytes())
                    .isLessThanOrEqualTo(TestServer.CONFIG.maxPendingBytes());
            assertThat(other.send(GET).reply().body()).isEqualTo(FakeSource.DER);
            for (int i = 0; i < replies + 100; i++) {
                assertThat(deaf.reply().body()).isEqualTo(FakeSource.DER);
            }
        }
    }

    private static void awaitStandstill(AtomicLong counter) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        long before = -1;
        while (before != counter.get()) {
            assertThat(System.nanoTime() - until).as("the sender is held up").isNegative();
            before = counter.get();
            LockSupport.parkNanos(500_000_000);
        }
    }

    @Test
    void thousands_of_pipelined_requests_are_answered_in_whatever_pieces() {
        try (TestServer server = TestServer.with((_, _) -> SERVED);
                Wire wire = server.connect()) {
            Thread.ofVirtual().start(() -> wire.send(GET.repeat(5000)));
            for (int i = 0; i < 5000; i++) {
                assertThat(wire.reply().body()).isEqualTo(FakeSource.DER);
            }
        }
    }

    @Property(tries = 150)
    void any_requests_in_any_pieces_are_answered_alike(
            @ForAll @Size(min = 1, max = 4) List<@From("requests") String> requests,
            @ForAll @Size(max = 4) List<@IntRange(min = 1, max = 700) Integer> cuts) {
        List<String> whole = List.of(String.join("", requests));
        List<String> pieces = pieces(whole.getFirst(), cuts);

        List<Wire.Reply> expected = replies(pair().asking, pieces);
        assertThat(replies(pair().asking, whole)).isEqualTo(expected);
        assertThat(replies(pair().ready, whole)).isEqualTo(expected);
        assertThat(replies(pair().ready, pieces)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<String> requests() {
        return HttpRequests.any();
    }

    private record Pair(TestServer ready, TestServer asking) {}

    private static final List<Pair> PAIR = new ArrayList<>();

    private static Pair pair() {
        return PAIR.getFirst();
    }

    @BeforeContainer
    static void start() {
        PAIR.add(
                new Pair(
                        TestServer.with(RequestEquivalenceTest::withoutNonce),
                        TestServer.with((_, _) -> null)));
    }

    @AfterContainer
    static void stop() {
        PAIR.forEach(
                pair -> {
                    pair.ready.close();
                    pair.asking.close();
                });
    }

    private static @Nullable HttpReply withoutNonce(OcspRequestView query, long epochMilli) {
        return query.hasNonce() ? null : SERVED;
    }

    private static List<String> pieces(String text, List<Integer> cuts) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            int to = Math.min(text.length(), from + cut);
            pieces.add(text.substring(from, to));
            from = to;
        }
        pieces.add(text.substring(from));
        return pieces;
    }

    private static List<Wire.Reply> replies(TestServer server, List<String> pieces) {
        try (Wire wire = server.connect()) {
            try {
                send(wire, pieces);
                wire.endOutput();
            } catch (UncheckedIOException _) {
                // The server has heard enough and ended the connection; what it said before still
                // counts.
            }
            return wire.replies();
        }
    }

    private static void send(Wire wire, List<String> pieces) {
        for (String piece : pieces) {
            wire.send(piece);
            LockSupport.parkNanos(pieces.size() > 1 ? 300_000 : 0);
        }
    }

    private static void sendForever(Wire wire, AtomicLong sent) {
        try {
            while (true) {
                wire.send(GET.repeat(100));
                sent.addAndGet(100);
            }
        } catch (UncheckedIOException _) {
            // Closed by the test, or by the server.
        }
    }
}
