package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.RequiredTools;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.CacheHints;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.ResolvedRequest;
import org.precertocsp.responder.answer.ResponseSource;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.request.Requests;

/// Replies and their headers, seen by an ordinary client.
final class OcspHttpServerTest {
    private static final String ETAG = CacheHeaders.etag(FakeSource.DER);
    private static final String PLAIN = Base64.getEncoder().encodeToString(Requests.plain());
    private static final ByteString INTERNAL_ERROR = ByteString.ofHex("30030a0102");

    private final HttpClient client = HttpClient.newHttpClient();
    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    @ParameterizedTest
    @EnumSource(NettyTransport.class)
    @Requirement({"HT-01", "HT-02", "HT-06"})
    void get_and_post_are_answered_alike_on_every_transport(NettyTransport transport)
            throws Exception {
        try (TestServer own = new TestServer(TestServer.CONFIG, transport)) {
            HttpResponse<byte[]> got = send(HttpRequest.newBuilder(own.uri("/" + PLAIN)));
            HttpResponse<byte[]> posted = send(post(own.uri("/"), Requests.plain()));

            for (HttpResponse<byte[]> reply : List.of(got, posted)) {
                assertThat(reply.statusCode()).isEqualTo(200);
                assertThat(ByteString.of(reply.body())).isEqualTo(FakeSource.DER);
                assertThat(field(reply, "Content-Type")).isEqualTo("application/ocsp-response");
                assertThat(field(reply, "Content-Length")).isEqualTo("800");
            }
            assertThat(own.source.asked).hasSize(2);
            assertThat(own.source.threads).allMatch(name -> name.startsWith("answer-"));
        }
    }

    @Test
    @Requirement({"HT-07", "HT-08", "HT-09", "HT-10", "HT-11", "HT-12", "HT-13"})
    void a_served_answer_may_be_cached_until_its_renewal() throws Exception {
        HttpResponse<byte[]> reply = get("/" + PLAIN);

        assertThat(field(reply, "Date")).isEqualTo("Thu, 05 Mar 2026 12:00:00 GMT");
        assertThat(field(reply, "Last-Modified")).isEqualTo("Thu, 05 Mar 2026 11:00:00 GMT");
        assertThat(field(reply, "Expires")).isEqualTo("Sat, 07 Mar 2026 11:00:00 GMT");
        assertThat(field(reply, "ETag")).isEqualTo(ETAG).matches("\"[0-9a-f]{64}\"");
        assertThat(field(reply, "Cache-Control"))
                .isEqualTo("max-age=82799, public, no-transform, must-revalidate");
        assertThat(reply.headers().firstValue("Pragma")).isEmpty();
    }

    @Test
    @Requirement("HT-11")
    void an_answer_due_for_renewal_is_fresh_for_no_time() throws Exception {
        server.source.answer.set(
                new Answer.Served(
                        FakeSource.response(FakeSource.THIS_UPDATE, FakeSource.NEXT_UPDATE),
                        FakeSource.THIS_UPDATE));

        assertThat(field(get("/" + PLAIN), "Cache-Control")).startsWith("max-age=0, public");
    }

    @Test
    @Requirement("HT-11")
    void no_answer_is_fresh_beyond_its_next_update() throws Exception {
        server.source.answer.set(
                new Answer.Served(
                        FakeSource.response(FakeSource.THIS_UPDATE, FakeSource.RENEWAL),
                        FakeSource.NEXT_UPDATE));

        assertThat(field(get("/" + PLAIN), "Cache-Control")).startsWith("max-age=82799, ");
    }

    @Test
    @Requirement("HT-15")
    void a_posted_answer_has_no_content_location() throws Exception {
        HttpResponse<byte[]> reply = send(post(server.uri("/"), Requests.plain()));

        assertThat(field(reply, "ETag")).isEqualTo(ETAG);
        assertThat(reply.headers().firstValue("Content-Location")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "W/%s", "\"a\", %s", "\"a\",W/%s , \"b\"", "*"})
    @Requirement("HT-16")
    void a_client_that_has_the_answer_gets_304(String condition) throws Exception {
        HttpResponse<byte[]> reply = conditional("If-None-Match", condition.formatted(ETAG));

        assertThat(reply.statusCode()).isEqualTo(304);
        assertThat(reply.body()).isEmpty();
        assertThat(field(reply, "ETag")).isEqualTo(ETAG);
        assertThat(field(reply, "Cache-Control")).startsWith("max-age=82799, public");
        assertThat(field(reply, "Expires")).isEqualTo("Sat, 07 Mar 2026 11:00:00 GMT");
        assertThat(field(reply, "Date")).isEqualTo("Thu, 05 Mar 2026 12:00:00 GMT");
    }

    @Test
    @Requirement("HT-16")
    void any_other_condition_gets_the_answer() throws Exception {
        assertThat(conditional("If-None-Match", "\"abc\"").statusCode()).isEqualTo(200);
        assertThat(conditional("If-None-Match", ETAG.replace("\"", "")).statusCode())
                .isEqualTo(200);
        // A date cannot tell two answers of one second apart, so it never confirms one.
        assertThat(conditional("If-Modified-Since", "Thu, 05 Mar 2026 11:00:00 GMT").statusCode())
                .isEqualTo(200);
        HttpRequest.Builder posted = post(server.uri("/"), Requests.plain());
        assertThat(send(posted.header("If-None-Match", ETAG)).statusCode()).isEqualTo(200);
    }

    @Test
    @Requirement({"HT-13", "HT-14", "NO-08"})
    void an_answer_for_one_request_is_not_reused() throws Exception {
        var response = FakeSource.response(FakeSource.THIS_UPDATE, FakeSource.NEXT_UPDATE);

        server.source.answer.set(new Answer.ServedOnce(response, true));
        HttpResponse<byte[]> nonce = get("/" + PLAIN);
        server.source.answer.set(new Answer.ServedOnce(response, false));
        HttpResponse<byte[]> unknown = get("/" + PLAIN);

        assertThat(field(nonce, "Cache-Control"))
                .isEqualTo("private, max-age=0, no-transform, must-revalidate");
        assertThat(field(unknown, "Cache-Control")).isEqualTo("no-store");
        for (HttpResponse<byte[]> reply : List.of(nonce, unknown)) {
            assertThat(ByteString.of(reply.body())).isEqualTo(FakeSource.DER);
            assertThat(reply.headers().firstValue("ETag")).isEmpty();
            assertThat(reply.headers().firstValue("Expires")).isEmpty();
            assertThat(reply.headers().firstValue("Last-Modified")).isEmpty();
        }
    }

    @Test
    @Requirement({"RP-03", "HT-06", "HT-14", "HT-19"})
    void what_is_not_served_is_an_uncacheable_error_with_status_200() throws Exception {
        server.source.answer.set(new Answer.NotOurs("test"));
        assertError(get("/" + PLAIN), 6);
        server.source.answer.set(new Answer.Failed("test"));
        assertError(get("/" + PLAIN), 2);
        server.source.answer.set(new Answer.Busy(Duration.ofMillis(2001), "test"));
        HttpResponse<byte[]> busy = get("/" + PLAIN);
        assertError(busy, 3);
        assertThat(field(busy, "Retry-After")).isEqualTo("3");
        assertError(send(post(server.uri("/"), Requests.hex("3000"))), 1);
        assertError(send(post(server.uri("/"), new byte[0])), 1);
        assertError(get("/MFQw"), 1);
    }

    @Test
    @Requirement("HT-19")
    void the_bare_address_gets_an_ocsp_error_so_that_people_and_checks_see_it_alive()
            throws Exception {
        assertError(get("/"), 1);
        assertError(get(""), 1);
    }

    @Test
    void a_response_outside_its_window_is_never_sent() throws Exception {
        var over =
                FakeSource.response(FakeSource.THIS_UPDATE, FakeSource.THIS_UPDATE.plusSeconds(9));
        var early = FakeSource.response(FakeSource.RENEWAL, FakeSource.NEXT_UPDATE);

        server.source.answer.set(new Answer.Served(over, FakeSource.RENEWAL));
        assertError(get("/" + PLAIN), 2);
        server.source.answer.set(new Answer.Served(early, FakeSource.RENEWAL));
        assertError(get("/" + PLAIN), 2);
        server.source.answer.set(new Answer.ServedOnce(over, true));
        assertError(get("/" + PLAIN), 2);
    }

    @Test
    void an_answer_chain_that_dies_of_an_error_leaves_no_client_waiting() throws Exception {
        try (OcspHttpServer broken =
                OcspHttpServer.start(
                        TestServer.CONFIG,
                        new OcspServiceConfig(
                                new OcspRequestDecoder(new RequestLimits(1)),
                                new IssuerDirectory(List.of()),
                                FastReplyLookup.NONE,
                                _ -> {
                                    throw new StackOverflowError();
                                },
                                1),
                        InstantSource.system())) {
            int port = broken.addresses().getFirst().getPort();
            URI uri = URI.create("http://127.0.0.1:" + port + "/" + PLAIN);
            for (int i = 0; i < TestServer.CONFIG.maxInFlight() + 2; i++) {
                assertError(send(HttpRequest.newBuilder(uri)), 2);
            }
        }
    }

    @Test
    void an_answer_chain_that_throws_is_an_internal_error() throws Exception {
        try (OcspHttpServer broken =
                OcspHttpServer.start(
                        TestServer.CONFIG,
                        new OcspServiceConfig(
                                new OcspRequestDecoder(new RequestLimits(1)),
                                new IssuerDirectory(List.of()),
                                FastReplyLookup.NONE,
                                _ -> {
                                    throw new IllegalStateException("a bug");
                                },
                                1),
                        InstantSource.system())) {
            int port = broken.addresses().getFirst().getPort();
            URI uri = URI.create("http://127.0.0.1:" + port + "/" + PLAIN);
            assertError(send(HttpRequest.newBuilder(uri)), 2);
            assertError(send(HttpRequest.newBuilder(uri)), 2);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
    void requests_read_together_are_answered_together_and_none_is_left_waiting(
            Class<? extends Throwable> failure) throws Exception {
        int clients = 40;
        CountDownLatch sent = new CountDownLatch(1);
        BatchSource source = new BatchSource(failure);
        // Keeps the event loops from reading until every request is there.
        FastReplyLookup hold =
                (_, _) -> {
                    awaitUninterruptibly(sent);
                    return null;
                };
        OcspServiceConfig answering =
                new OcspServiceConfig(
                        new OcspRequestDecoder(new RequestLimits(1)),
                        new IssuerDirectory(List.of()),
                        hold,
                        OcspServiceConfig.Sources.of(source),
                        1,
                        16,
                        OcspServiceConfig.SingleUse.NONE,
                        new RequestMetrics(),
                        new OverloadMonitor(Alarm.LOGGED));
        List<Wire> wires = new ArrayList<>();
        try (OcspHttpServer batching =
                OcspHttpServer.start(
                        TestServer.CONFIG, answering, InstantSource.fixed(FakeSource.NOW))) {
            for (int i = 0; i < clients; i++) {
                wires.add(new Wire(batching.addresses().getFirst()));
            }
            await().until(() -> batching.openConnections() == clients);
            wires.forEach(wire -> wire.send("GET /" + PLAIN + " HTTP/1.1\r\nHost: x\r\n\r\n"));
            sent.countDown();

            List<ByteString> bodies = wires.stream().map(it -> it.reply().body()).toList();

            long failed = bodies.stream().filter(INTERNAL_ERROR::equals).count();
            assertThat(bodies).containsOnly(FakeSource.DER, INTERNAL_ERROR);
            assertThat(failed).isBetween(1L, failure == StackOverflowError.class ? 16L : 1L);
            assertThat(source.batches).allMatch(it -> it <= 16).anyMatch(it -> it > 1);
        } finally {
            wires.forEach(Wire::close);
        }
    }

    /// Fails once, at the second request.
    private static final class BatchSource implements ResponseSource {
        final List<Integer> batches = new CopyOnWriteArrayList<>();
        private final Class<? extends Throwable> failure;
        private final AtomicInteger answered = new AtomicInteger();

        BatchSource(Class<? extends Throwable> failure) {
            this.failure = failure;
        }

        @Override
        public void readAhead(List<ResolvedRequest> requests) {
            batches.add(requests.size());
        }

        @Override
        public Answer answer(ResolvedRequest request) {
            if (answered.incrementAndGet() == 2) {
                if (failure == StackOverflowError.class) {
                    throw new StackOverflowError();
                }
                throw new IllegalStateException("a bug");
            }
            return FakeSource.SERVED;
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Requirement("HT-02")
    void a_post_needs_no_content_type_and_no_exact_path() throws Exception {
        HttpRequest bare =
                HttpRequest.newBuilder(server.uri("/any/path"))
                        .POST(BodyPublishers.ofByteArray(Requests.plain()))
                        .build();

        HttpResponse<byte[]> reply = client.send(bare, BodyHandlers.ofByteArray());

        assertThat(ByteString.of(reply.body())).isEqualTo(FakeSource.DER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW"})
    @Requirement("HT-16")
    void other_methods_are_told_which_there_are(String method) {
        Wire.Reply reply = server.ask(method + " / HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.field("Allow")).isEqualTo("GET, HEAD, POST");
        assertThat(reply.field("Content-Length")).isEqualTo("0");
    }

    @Test
    @Requirement("HT-16")
    void head_is_get_without_the_body() {
        try (Wire wire = server.connect()) {
            Wire.Reply head =
                    wire.send("HEAD /" + PLAIN + " HTTP/1.1\r\nHost: x\r\n\r\n").replyToHead();
            Wire.Reply get = wire.send("GET /" + PLAIN + " HTTP/1.1\r\nHost: x\r\n\r\n").reply();
            Wire.Reply error = wire.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").replyToHead();

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.fields()).isEqualTo(get.fields());
            assertThat(error.field("Content-Length")).isEqualTo("5");
        }
    }

    @Test
    void under_a_path_only_that_path_is_served() throws Exception {
        try (TestServer own = TestServer.under("/ocsp")) {
            HttpResponse<byte[]> in = send(HttpRequest.newBuilder(own.uri("/ocsp/" + PLAIN)));
            HttpResponse<byte[]> out = send(HttpRequest.newBuilder(own.uri("/" + PLAIN)));

            assertThat(ByteString.of(in.body())).isEqualTo(FakeSource.DER);
            assertThat(out.statusCode()).isEqualTo(404);
            assertThat(field(out, "Cache-Control")).isEqualTo("no-store");
            assertThat(send(post(own.uri("/ocsp"), Requests.plain())).statusCode()).isEqualTo(200);
        }
    }

    @Test
    @Requirement("HT-05")
    void a_get_far_beyond_255_octets_is_answered() throws Exception {
        byte[] many = Requests.request(Requests.tbs(list(9)));

        get("/" + Base64.getUrlEncoder().encodeToString(many));

        assertThat(many).hasSizeGreaterThan(500);
        assertThat(server.source.asked.getFirst().certIds()).hasSize(9);
    }

    @Test
    void an_address_in_use_is_named() {
        HttpConfig taken =
                TestServer.configOf(
                        List.of(server.address()),
                        "/",
                        10,
                        1,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ZERO);

        assertThatThrownBy(() -> new TestServer(taken, NettyTransport.NIO))
                .hasMessageContaining("cannot listen on")
                .hasMessageContaining(Integer.toString(server.address().getPort()));
    }

    private static byte[] list(int count) {
        byte[][] requests = new byte[count][];
        Arrays.setAll(
                requests, i -> Requests.single(Requests.sha1CertId("01%02x".formatted(i + 1))));
        return Requests.list(requests);
    }

    private static void assertError(HttpResponse<byte[]> reply, int code) {
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(ByteString.of(reply.body()).toHex()).isEqualTo("30030a010" + code);
        assertThat(field(reply, "Content-Type")).isEqualTo("application/ocsp-response");
        assertThat(field(reply, "Cache-Control")).isEqualTo("no-store");
        assertThat(reply.headers().firstValue("ETag")).isEmpty();
        assertThat(reply.headers().firstValue("Expires")).isEmpty();
    }

    private HttpResponse<byte[]> conditional(String name, String value) throws Exception {
        return send(HttpRequest.newBuilder(server.uri("/" + PLAIN)).header(name, value));
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(server.uri(path)));
    }

    private static HttpRequest.Builder post(URI uri, byte[] body) {
        return HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/ocsp-request")
                .POST(BodyPublishers.ofByteArray(body));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String field(HttpResponse<byte[]> reply, String name) {
        return reply.headers().firstValue(name).orElse("(absent)");
    }

    @Test
    @Requirement({"HT-11", "HT-12"})
    void an_issuer_may_have_its_answers_kept_for_less_than_they_are_valid() {
        CacheHints hints =
                new CacheHints(Duration.ofMinutes(5), Map.of("Surrogate-Key", "example-5a17"));
        Answer.Served served =
                new Answer.Served(
                        FakeSource.response(FakeSource.THIS_UPDATE, FakeSource.NEXT_UPDATE),
                        FakeSource.RENEWAL,
                        hints);
        HttpReply ready = HttpReply.of(served);
        server.source.answer.set(served);
        try (TestServer fast = TestServer.with((_, _) -> ready)) {
            Wire.Reply reply = fast.ask(HttpRequests.get("/" + HttpRequests.BASE64));

            assertThat(reply.field("Cache-Control")).startsWith("max-age=300, ");
            assertThat(reply.field("Surrogate-Key")).isEqualTo("example-5a17");
            assertThat(reply).isEqualTo(server.ask(HttpRequests.get("/" + HttpRequests.BASE64)));
        }
    }

    @ParameterizedTest
    @EnumSource(NettyTransport.class)
    void an_address_has_clients_of_its_own_family_alone(NettyTransport transport) {
        needs(transport);
        needsIpv6();
        int port = freePort();
        try (TestServer _ = new TestServer(listening(port, "0.0.0.0"), transport)) {
            assertThat(answers("127.0.0.1", port)).isTrue();
            assertThat(answers("::1", port)).isFalse();
        }
        try (TestServer _ = new TestServer(listening(port, "::1"), transport)) {
            assertThat(answers("127.0.0.1", port)).isFalse();
            assertThat(answers("::1", port)).isTrue();
        }
        try (TestServer _ = new TestServer(listening(port, "::"), transport)) {
            assertThat(answers("127.0.0.1", port)).isTrue();
            assertThat(answers("::1", port)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0 ::", ":: 0.0.0.0", "127.0.0.1 ::"})
    void addresses_of_both_families_share_a_port(String addresses) {
        needs(NettyTransport.EPOLL);
        needsIpv6();
        int port = freePort();
        try (TestServer _ =
                new TestServer(listening(port, addresses.split(" ", -1)), NettyTransport.EPOLL)) {
            assertThat(answers("127.0.0.1", port)).isTrue();
            assertThat(answers("::1", port)).isTrue();
        }
    }

    private static HttpConfig listening(int port, String... addresses) {
        return TestServer.configOf(
                Stream.of(addresses)
                        .map(it -> new InetSocketAddress(InetAddress.ofLiteral(it), port))
                        .toList(),
                "/",
                10,
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ZERO);
    }

    private static void needs(NettyTransport transport) {
        RequiredTools.met(
                transport == NettyTransport.NIO || NettyTransport.best() == NettyTransport.EPOLL,
                "epoll is Linux's, on x86_64 or aarch64");
    }

    private static void needsIpv6() {
        RequiredTools.met(hasIpv6(), "this machine has no IPv6 loopback address ::1");
    }

    private static boolean hasIpv6() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
            return probe.isBound();
        } catch (IOException _) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean answers(String host, int port) {
        try (Wire wire = new Wire(new InetSocketAddress(InetAddress.ofLiteral(host), port))) {
            return wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").reply().status() == 200;
        } catch (UncheckedIOException _) {
            return false;
        }
    }
}
