package org.precertocsp.responder.cluster.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.admin.ClientTls;
import org.precertocsp.responder.admin.TestClientCa;
import org.precertocsp.responder.admin.TlsConfigException;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.cluster.answers.AnswerReply.Item;
import org.precertocsp.responder.cluster.answers.AuthorityClient.Endpoint;
import org.precertocsp.responder.cluster.answers.AuthorityClient.Settings;
import org.precertocsp.responder.metrics.MetricName;
import org.precertocsp.responder.metrics.Metrics;
import org.precertocsp.responder.metrics.ServerMetrics;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.store.ResponseRecord;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.ReceivedResponseCheck;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SingleResponseContent;

/// What an edge does with a miss, over real connections to authorities that work, fail, are silent
/// or lie.
final class EdgeMissesTest {
    /// Never hedges because a shared machine is slow.
    private static final Settings PATIENT =
            new Settings(
                    1_024,
                    64,
                    Duration.ofMillis(1),
                    Duration.ofSeconds(30),
                    Optional.of(Duration.ofMinutes(1)),
                    3);

    /// Hedges at once.
    private static final Settings HEDGING =
            new Settings(
                    1_024,
                    64,
                    Duration.ofMillis(1),
                    Duration.ofSeconds(10),
                    Optional.of(Duration.ofMillis(10)),
                    3);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir private static Path folder;
    private static TestClientCa clients;
    private final List<AutoCloseable> closing = new ArrayList<>();

    @BeforeAll
    static void certificates() throws IOException {
        clients = new TestClientCa(folder, "Client CA");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing.reversed()) {
            one.close();
        }
    }

    private <C extends AutoCloseable> C closed(C one) {
        closing.add(one);
        return one;
    }

    private TestAuthority authority() throws Exception {
        TestAuthority authority = closed(new TestAuthority(folder, clients));
        TestAuthority.assign(authority.store, 1, 2_000);
        return authority;
    }

    private FakeAuthority fake() throws Exception {
        return closed(new FakeAuthority(clients));
    }

    private TestEdge edge(Settings settings, URI... authorities) throws Exception {
        return edge(clients.client("edge"), settings, authorities);
    }

    private TestEdge edge(ClientTls tls, Settings settings, URI... authorities)
            throws TlsConfigException {
        List<Endpoint> endpoints = new ArrayList<>();
        for (URI address : authorities) {
            endpoints.add(new Endpoint("abc".substring(endpoints.size()).substring(0, 1), address));
        }
        TestEdge edge = closed(new TestEdge(tls, settings, endpoints));
        TestAuthority.assign(edge.store, 1, 2_000);
        return edge;
    }

    /// An address at which nobody listens.
    private static URI nowhere() {
        return URI.create("https://127.0.0.1:1");
    }

    private static SignedResponse served(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Served.class);
        return ((Answer.Served) answer).response();
    }

    private static String busy(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Busy.class);
        return ((Answer.Busy) answer).why();
    }

    private static ResponseKey key(long serial) {
        CertId certId = TestAuthority.certId(serial);
        return new ResponseKey(
                TestAuthority.serial(serial), certId.hashAlgorithm(), certId.parameters());
    }

    private static Set<String> silent(String... names) {
        return Arrays.stream(names).map(it -> "AUTHORITY_SILENT " + it).collect(Collectors.toSet());
    }

    @Test
    void a_miss_is_answered_with_what_the_authority_signed_and_kept() throws Exception {
        TestAuthority authority = authority();
        TestAuthority.revoke(authority.store, 6);
        TestEdge edge = edge(PATIENT, authority.address());
        TestAuthority.revoke(edge.store, 6);

        for (long serial : new long[] {5, 6}) {
            SignedResponse response = served(edge.ask(serial));

            StoredResponse kept = edge.kept(key(serial));
            assertThat(kept.window()).isEqualTo(response.window());
            ReceivedResponseCheck check =
                    ReceivedResponseCheck.of(
                            kept.essence().template(),
                            List.of(TestAuthority.CA.certificate()),
                            IssuerProfile.TLS,
                            Instant.now());
            CertStatus status = kept.status();
            assertThat(status instanceof CertStatus.Revoked).isEqualTo(serial == 6);
            SingleResponseContent content =
                    new SingleResponseContent(TestAuthority.certId(serial), status);
            assertThat(check.problem(content, kept.window(), kept.essence().signature())).isEmpty();
            assertThat(
                            kept.essence()
                                    .template()
                                    .assemble(content, kept.window(), kept.essence().signature())
                                    .der())
                    .isEqualTo(response.der());
            assertThat(served(edge.ask(serial)).der()).isEqualTo(response.der());
        }
        assertThat(authority.signatures).hasValue(2);
        assertThat(edge.client.states().getFirst().replies()).isEqualTo(2);
    }

    @Test
    void a_thousand_clients_at_three_edges_cost_one_signature() throws Exception {
        TestAuthority authority = authority();
        CountDownLatch sign = new CountDownLatch(1);
        authority.beforeSigning =
                () -> {
                    try {
                        sign.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                };
        List<TestEdge> edges = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            edges.add(edge(PATIENT, authority.address(), nowhere()));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                TestEdge edge = edges.get(i % 3);
                answers.add(threads.submit(() -> edge.ask(7)));
            }
            // All three edges wait for it.
            await().atMost(LIMIT).until(() -> authority.answers.inProgress() == 3);
            sign.countDown();

            Set<ByteString> distinct = new HashSet<>();
            for (Future<Answer> one : answers) {
                distinct.add(served(one.get()).der());
            }
            assertThat(distinct).hasSize(1);
        }
        assertThat(authority.signatures).hasValue(1);
        for (TestEdge edge : edges) {
            assertThat(edge.client.states().getFirst().replies()).isEqualTo(1);
        }
    }

    @Test
    void misses_at_one_time_travel_together() throws Exception {
        TestAuthority authority = authority();
        TestEdge edge = edge(PATIENT, authority.address());

        assertThat(all(edge, 1, 1_000)).allSatisfy(EdgeMissesTest::served);

        long requests = edge.client.states().getFirst().replies();
        assertThat(requests).isBetween(1_000L / 64 + 1, 300L);
        assertThat(edge.client.waiting()).isZero();
    }

    @Test
    void more_requests_than_an_authority_has_at_once_wait_for_their_turn() throws Exception {
        TestAuthority authority = authority();
        CountDownLatch sign = new CountDownLatch(1);
        authority.beforeSigning =
                () -> {
                    try {
                        sign.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                };
        TestEdge edge =
                edge(
                        new Settings(
                                1_024,
                                1,
                                Duration.ofMillis(1),
                                Duration.ofSeconds(30),
                                Optional.empty(),
                                3),
                        authority.address());

        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<List<Answer>> answers =
                    threads.submit(() -> all(edge, 1, 2 * AuthorityClient.MOST_CALLS));
            await().atMost(LIMIT)
                    .until(() -> edge.client.waiting() == 2 * AuthorityClient.MOST_CALLS);
            sign.countDown();

            assertThat(answers.get()).allSatisfy(EdgeMissesTest::served);
        }
    }

    private static List<Answer> all(TestEdge edge, long first, long last) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> asked =
                    LongStream.rangeClosed(first, last)
                            .mapToObj(it -> threads.submit(() -> edge.ask(it)))
                            .toList();
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> one : asked) {
                answers.add(one.get());
            }
            return answers;
        }
    }

    @Test
    void a_silent_authority_costs_the_hedge_until_it_is_only_probed() throws Exception {
        FakeAuthority first = fake();
        first.silent = true;
        TestAuthority second = authority();
        TestEdge edge = edge(HEDGING, first.address(), second.address());

        assertThat(all(edge, 1, 200)).allSatisfy(EdgeMissesTest::served);
        assertThat(edge.client.states().getLast().hedged()).isPositive();

        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(edge.alarm.open()).isEqualTo(silent("a")));
        int batches = first.batches.get();
        long hedged = edge.client.states().getLast().hedged();
        assertThat(all(edge, 201, 300)).allSatisfy(EdgeMissesTest::served);
        assertThat(first.batches).hasValue(batches);
        assertThat(edge.client.states().getLast().hedged()).isEqualTo(hedged);
        assertThat(edge.client.problem()).isEmpty();

        first.silent = false;
        await().atMost(LIMIT).until(() -> edge.alarm.open().isEmpty());
    }

    @Test
    void without_any_authority_clients_hear_try_later_and_soon_at_once() throws Exception {
        TestEdge edge = edge(HEDGING, nowhere(), nowhere());

        assertThat(busy(edge.ask(5))).contains("a: ", "b: ");

        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(edge.alarm.open()).isEqualTo(silent("a", "b")));
        assertThat(edge.client.problem()).hasValueSatisfying(it -> assertThat(it).contains("a: "));
        assertThat(busy(edge.ask(6))).contains("keep");
        assertThat(edge.responses).isEmpty();
        // What it says without a signature needs nobody.
        assertThat(edge.ask(9_999)).isInstanceOf(Answer.NotOurs.class);
    }

    @Test
    void an_authority_that_comes_back_is_used_again() throws Exception {
        FakeAuthority only = fake();
        only.status = 500;
        TestEdge edge = edge(HEDGING, only.address());
        await().atMost(LIMIT)
                .until(
                        () -> {
                            busy(edge.ask(5));
                            return edge.client.problem().isPresent();
                        });
        Liar honest = new Liar(only);
        honest.say(UnaryOperator.identity());

        await().atMost(LIMIT).until(() -> edge.ask(5) instanceof Answer.Served);
        assertThat(edge.alarm.open()).isEmpty();
    }

    @Test
    void a_client_certificate_without_the_role_or_of_another_ca_is_refused(@TempDir Path elsewhere)
            throws Exception {
        TestAuthority authority = authority();
        ClientTls stranger = new TestClientCa(elsewhere, "Other CA").client("edge");

        TestEdge viewer = edge(clients.client("viewer"), HEDGING, authority.address());
        assertThat(busy(viewer.ask(5))).contains("give it the role edge");
        TestEdge other =
                edge(
                        new ClientTls(
                                Optional.of(clients.authority()),
                                stranger.certificate(),
                                stranger.key()),
                        HEDGING,
                        authority.address());
        busy(other.ask(5));
        assertThat(authority.signatures).hasValue(0);
    }

    @Test
    void an_edge_does_not_talk_to_an_authority_of_another_ca(@TempDir Path elsewhere)
            throws Exception {
        TestClientCa others = new TestClientCa(elsewhere, "Other CA");
        FakeAuthority impostor = closed(new FakeAuthority(others));
        TestEdge edge = edge(HEDGING, impostor.address());

        assertThat(busy(edge.ask(5))).contains("certif");
        assertThat(impostor.batches).hasValue(0);
    }

    /// Signs what a test wants, and replies that.
    private static final class Liar {
        private final FakeAuthority fake;

        Liar(FakeAuthority fake) {
            this.fake = fake;
        }

        /// @param lie what becomes of the honest record
        void say(UnaryOperator<ResponseRecord> lie) {
            say(TestAuthority.signer(folder), 1, Duration.ZERO, new CertStatus.Good(), lie);
        }

        void say(
                ResponseSigner signer,
                long sequence,
                Duration age,
                CertStatus status,
                UnaryOperator<ResponseRecord> lie) {
            fake.status = 200;
            fake.lies =
                    asked -> {
                        List<Item> items = new ArrayList<>();
                        Set<ByteString> named = new LinkedHashSet<>();
                        for (CertId certId : asked) {
                            SignedResponse response = signed(signer, certId, age, status);
                            ResponseTemplate template = response.essence().orElseThrow().template();
                            named.add(template.id());
                            fake.templates.put(template.id(), template);
                            items.add(
                                    new Item.Signed(
                                            lie.apply(
                                                    new ResponseRecord(
                                                            0,
                                                            certId.serial(),
                                                            certId.hashAlgorithm(),
                                                            certId.parameters(),
                                                            status,
                                                            response.window(),
                                                            0,
                                                            response.essence()
                                                                    .orElseThrow()
                                                                    .signature()))));
                        }
                        return new AnswerReply(sequence, List.copyOf(named), items).encode();
                    };
        }

        private static SignedResponse signed(
                ResponseSigner signer, CertId certId, Duration age, CertStatus status) {
            try {
                Instant begin = Instant.now().minus(age);
                return signer.sign(
                        new ResponseContent(
                                List.of(new SingleResponseContent(certId, status)),
                                ValidityWindow.from(begin, Duration.ofDays(2)),
                                Optional.empty(),
                                Optional.empty(),
                                begin));
            } catch (SignerUnavailableException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// Not served, told, and asked of another authority, which is believed.
    private void disbelieved(String why, Consumer<Liar> lie) throws Exception {
        FakeAuthority lying = fake();
        lie.accept(new Liar(lying));
        TestAuthority honest = authority();

        TestEdge alone = edge(PATIENT, lying.address());
        assertThat(busy(alone.ask(5))).contains(why);
        assertThat(alone.responses).isEmpty();
        assertThat(alone.alarm.open()).containsExactly("AUTHORITY_DISBELIEVED a");
        assertThat(alone.alarm.raised().getFirst().what()).contains(why);

        TestEdge edge = edge(PATIENT, lying.address(), honest.address());
        served(edge.ask(5));
        assertThat(edge.alarm.open()).containsExactly("AUTHORITY_DISBELIEVED a");
        assertThat(edge.client.states().getFirst().disbelieved()).isEqualTo(1);
        int batches = lying.batches.get();
        // Not asked again for a while.
        served(edge.ask(6));
        assertThat(lying.batches).hasValue(batches);
    }

    private static ResponseRecord with(
            ResponseRecord it,
            CertId certId,
            ValidityWindow window,
            CertStatus status,
            ByteString signature) {
        return new ResponseRecord(
                0,
                certId.serial(),
                certId.hashAlgorithm(),
                certId.parameters(),
                status,
                window,
                it.template(),
                signature);
    }

    @Test
    void a_response_about_another_serial_is_not_served() throws Exception {
        disbelieved(
                "it answered about",
                liar ->
                        liar.say(
                                it ->
                                        with(
                                                it,
                                                TestAuthority.certId(99),
                                                it.window(),
                                                it.status(),
                                                it.signature())));
    }

    @Test
    void a_signature_about_another_serial_is_not_served() throws Exception {
        ByteString other =
                Liar.signed(
                                TestAuthority.signer(folder),
                                TestAuthority.certId(99),
                                Duration.ZERO,
                                new CertStatus.Good())
                        .essence()
                        .orElseThrow()
                        .signature();
        disbelieved(
                "does not verify",
                liar ->
                        liar.say(
                                it ->
                                        with(
                                                it,
                                                new CertId(
                                                        it.hash(),
                                                        it.parameters(),
                                                        other,
                                                        other,
                                                        it.serial()),
                                                it.window(),
                                                it.status(),
                                                other)));
    }

    @Test
    void a_good_signature_for_a_window_that_is_over_is_not_served() throws Exception {
        disbelieved(
                "see the clocks of both",
                liar ->
                        liar.say(
                                TestAuthority.signer(folder),
                                1,
                                Duration.ofDays(3),
                                new CertStatus.Good(),
                                UnaryOperator.identity()));
    }

    @Test
    void a_good_signature_for_a_window_that_has_not_begun_is_not_served() throws Exception {
        disbelieved(
                "see the clocks of both",
                liar ->
                        liar.say(
                                TestAuthority.signer(folder),
                                1,
                                Duration.ofHours(-1),
                                new CertStatus.Good(),
                                UnaryOperator.identity()));
    }

    @Test
    void an_authority_whose_clock_is_a_little_ahead_is_waited_for() throws Exception {
        FakeAuthority ahead = fake();
        new Liar(ahead)
                .say(
                        TestAuthority.signer(folder),
                        1,
                        Duration.ofSeconds(-1),
                        new CertStatus.Good(),
                        UnaryOperator.identity());
        TestEdge edge = edge(PATIENT, ahead.address());
        Instant asked = Instant.now();

        ValidityWindow window = served(edge.ask(5)).window();

        // It begins after the request, and before the answer.
        assertThat(window.thisUpdate()).isBetween(asked, Instant.now());
        assertThat(edge.alarm.raised()).isEmpty();
    }

    @Test
    void a_window_that_was_made_longer_is_not_served() throws Exception {
        disbelieved(
                "does not verify",
                liar ->
                        liar.say(
                                it ->
                                        with(
                                                it,
                                                TestAuthority.certId(5),
                                                new ValidityWindow(
                                                        it.window().thisUpdate(),
                                                        it.window()
                                                                .nextUpdate()
                                                                .plus(1, ChronoUnit.DAYS)),
                                                it.status(),
                                                it.signature())));
    }

    @Test
    void the_signature_of_another_ca_is_not_served() throws Exception {
        TestCa other = TestCa.root("Answers");
        disbelieved(
                "RP-07",
                liar ->
                        liar.say(
                                new BouncyCastleSigner(
                                        new ResponderCredential(
                                                List.of(other.certificate()),
                                                Optional.empty(),
                                                other.signingKey(folder),
                                                IssuerProfile.TLS)),
                                1,
                                Duration.ZERO,
                                new CertStatus.Good(),
                                UnaryOperator.identity()));
    }

    @Test
    void bytes_that_are_no_reply_are_a_failure_and_the_next_authority_is_asked() throws Exception {
        for (byte[] bytes :
                List.of(
                        new byte[0],
                        new byte[] {1, 2, 3},
                        new byte[2 << 20],
                        new AnswerReply(
                                        1,
                                        List.of(),
                                        List.of(
                                                new Item.Unsigned(AnswerReply.Reason.BUSY),
                                                new Item.Unsigned(AnswerReply.Reason.BUSY)))
                                .encode())) {
            FakeAuthority broken = fake();
            broken.lies = _ -> bytes;
            TestAuthority honest = authority();
            TestEdge edge = edge(PATIENT, broken.address(), honest.address());

            served(edge.ask(5));
            assertThat(edge.client.states().getFirst().failures()).isEqualTo(1);
            assertThat(edge.client.states().getLast().hedged()).isZero();
        }
    }

    @Test
    void a_key_that_fails_at_one_authority_is_the_turn_of_the_other() throws Exception {
        TestAuthority first = authority();
        first.beforeSigning =
                () -> {
                    throw new SignerUnavailableException(
                            SignerUnavailableException.Cause.KEY_FAILED, "token gone");
                };
        TestAuthority second = authority();

        served(edge(PATIENT, first.address(), second.address()).ask(5));

        TestEdge alone = edge(PATIENT, first.address());
        assertThat(busy(alone.ask(5))).contains("its key is busy or fails");
        assertThat(alone.alarm.open()).isEmpty();
    }

    @Test
    void an_edge_that_is_behind_applies_the_log_before_it_answers() throws Exception {
        TestAuthority authority = authority();
        TestAuthority.revoke(authority.store, 5);
        authority.sequence.set(8);
        TestEdge edge = edge(PATIENT, authority.address());

        edge.whileBehind =
                () -> {
                    TestAuthority.revoke(edge.store, 5);
                    edge.apply(8);
                };

        served(edge.ask(5));

        assertThat(edge.remote.behind()).isEqualTo(1);
        assertThat(edge.kept(key(5)).status()).isInstanceOf(CertStatus.Revoked.class);
        assertThat(edge.alarm.raised()).isEmpty();
    }

    @Test
    void an_edge_that_stays_behind_says_try_later() throws Exception {
        TestAuthority authority = authority();
        TestAuthority.revoke(authority.store, 5);
        authority.sequence.set(8);
        TestEdge edge = edge(PATIENT, authority.address());

        assertThat(busy(edge.ask(5))).contains("applied the log up to 1");
        assertThat(edge.responses).isEmpty();
        assertThat(edge.alarm.raised()).isEmpty();
    }

    @Test
    void an_authority_that_is_behind_is_not_believed_and_not_blamed() throws Exception {
        TestAuthority late = authority();
        late.sequence.set(3);
        TestAuthority current = authority();
        TestAuthority.revoke(current.store, 5);
        current.sequence.set(9);
        TestEdge edge = edge(PATIENT, late.address(), current.address());
        TestAuthority.revoke(edge.store, 5);
        edge.apply(9);

        served(edge.ask(5));

        assertThat(edge.kept(key(5)).status()).isInstanceOf(CertStatus.Revoked.class);
        assertThat(edge.alarm.raised()).isEmpty();
    }

    @Test
    void nodes_that_contradict_each_other_at_one_sequence_are_told() throws Exception {
        TestAuthority authority = authority();
        TestAuthority.revoke(authority.store, 5);
        TestEdge edge = edge(PATIENT, authority.address());

        assertThat(busy(edge.ask(5))).contains("is behind");
        assertThat(edge.alarm.raised()).isEmpty();
        await().atMost(LIMIT)
                .until(
                        () -> {
                            busy(edge.ask(5));
                            return !edge.alarm.raised().isEmpty();
                        });

        assertThat(edge.alarm.open()).containsExactly("AUTHORITY_DISBELIEVED a");
        assertThat(edge.alarm.raised().getFirst().what()).contains("at sequence 1 of 1");
        assertThat(edge.responses).isEmpty();
    }

    @Test
    void as_many_misses_wait_as_configured_and_others_hear_try_later_at_once() throws Exception {
        FakeAuthority silent = fake();
        silent.silent = true;
        Settings few =
                new Settings(
                        8,
                        64,
                        Duration.ofMillis(1),
                        Duration.ofSeconds(3),
                        Optional.of(Duration.ofSeconds(30)),
                        100);
        TestEdge edge = edge(few, silent.address());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> waiting =
                    LongStream.rangeClosed(1, 8)
                            .mapToObj(it -> threads.submit(() -> edge.ask(it)))
                            .toList();
            await().atMost(LIMIT).until(() -> edge.client.waiting() == 8);

            assertThat(busy(edge.ask(9))).contains("QUEUE_FULL");

            for (Future<Answer> one : waiting) {
                assertThat(busy(one.get())).contains("no reply in");
            }
        }
        assertThat(edge.client.waiting()).isZero();
    }

    @Test
    void metrics_tell_of_both_sides() throws Exception {
        TestAuthority authority = authority();
        TestEdge edge = edge(PATIENT, authority.address(), nowhere());
        Metrics metrics = new Metrics();
        ServerMetrics server = new ServerMetrics(metrics);
        server.authorities(edge.client);
        server.edges(authority.answers);

        served(edge.ask(5));

        String page = metrics.text();
        assertThat(page.lines())
                .contains(
                        "precertocsp_cluster_authority_replies_total{authority=\"a\"} 1.0",
                        "precertocsp_cluster_authority_disbelieved_total{authority=\"b\"} 0.0",
                        "precertocsp_cluster_edge_answers_total{result=\"response\"} 1.0",
                        "precertocsp_cluster_misses_waiting 0.0");
        for (MetricName name :
                EnumSet.of(
                        MetricName.CLUSTER_AUTHORITY_FAILING,
                        MetricName.CLUSTER_AUTHORITY_REPLIES,
                        MetricName.CLUSTER_AUTHORITY_FAILURES,
                        MetricName.CLUSTER_AUTHORITY_HEDGED,
                        MetricName.CLUSTER_AUTHORITY_DISBELIEVED,
                        MetricName.CLUSTER_MISSES_WAITING,
                        MetricName.CLUSTER_EDGE_ANSWERS)) {
            assertThat(page).contains(name.shown());
        }
    }

    @Test
    void what_only_a_key_could_sign_is_refused() throws Exception {
        TestAuthority authority = authority();
        TestEdge edge = edge(PATIENT, authority.address());
        OcspRequest two =
                new OcspRequest(
                        List.of(TestAuthority.certId(5), TestAuthority.certId(6)),
                        Optional.empty());

        assertThat(busy(edge.answers.answer(edge.issuers.resolve(two, Instant.now()))))
                .contains("NO_KEY");
        assertThat(authority.signatures).hasValue(0);
    }
}
