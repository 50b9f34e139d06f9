package org.precertocsp.responder.cluster.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.admin.ClientTls;
import org.precertocsp.responder.admin.TestClientCa;
import org.precertocsp.responder.cluster.answers.AnswerReply.Item;
import org.precertocsp.responder.cluster.answers.AnswerReply.Reason;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.responder.store.ResponseRecord;
import org.precertocsp.signer.ReceivedResponseCheck;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SingleResponseContent;

/// What an authority answers edges, over real connections.
final class AuthorityAnswersTest {
    private static final String OCSP_REQUEST = "application/ocsp-request";

    @TempDir private static Path folder;
    private static TestClientCa clients;
    private static TestAuthority authority;
    private static HttpClient edge;
    private long next;

    @BeforeAll
    static void start() throws Exception {
        clients = new TestClientCa(folder, "Client CA");
        authority = new TestAuthority(folder, clients, new AuthorityAnswers.Limits(4, 64));
        edge = client(clients.client("edge"));
        TestAuthority.assign(authority.store, 1_000, 9_000);
    }

    @AfterAll
    static void stop() {
        edge.close();
        authority.close();
    }

    @BeforeEach
    void reset() {
        authority.beforeSigning = () -> {};
        authority.signatures.set(0);
        // Serials that no other test asks about.
        next = FIRST.getAndAdd(200);
    }

    private static final AtomicLong FIRST = new AtomicLong(1_000);

    private static HttpClient client(ClientTls tls) throws Exception {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls.context())
                .build();
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(authority.address().resolve(URI.create(path)));
    }

    private static HttpRequest batch(byte[] body) {
        return to("/edge/v1/answers")
                .header("Content-Type", OCSP_REQUEST)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    private static HttpResponse<byte[]> send(HttpClient client, HttpRequest request)
            throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static AnswerReply ask(CertId... certIds) throws Exception {
        HttpResponse<byte[]> response = send(edge, batch(AnswerRequest.encode(List.of(certIds))));
        assertThat(response.statusCode()).as(text(response)).isEqualTo(200);
        return AnswerReply.decode(response.body());
    }

    private static Reason reason(Item item) {
        assertThat(item).isInstanceOf(Item.Unsigned.class);
        return ((Item.Unsigned) item).reason();
    }

    private static ResponseRecord record(Item item) {
        assertThat(item).isInstanceOf(Item.Signed.class);
        return ((Item.Signed) item).record();
    }

    @Test
    void each_cert_id_gets_a_response_that_clients_accept_or_a_reason() throws Exception {
        TestAuthority.apply(
                authority.store, List.of(TestChanges.announced(TestAuthority.serial(77))));
        TestAuthority.revoke(authority.store, next + 1);
        authority.sequence.set(42);
        CertId foreign =
                TestCa.root("Nobody")
                        .certificate()
                        .key()
                        .certId(HashAlgorithm.SHA1, DigestParameters.NULL, Serial.ofHex("05"));

        AnswerReply reply =
                ask(
                        TestAuthority.certId(next),
                        TestAuthority.certId(next + 1),
                        TestAuthority.certId(77),
                        TestAuthority.certId(78),
                        foreign);

        assertThat(reply.sequence()).isEqualTo(42);
        assertThat(reply.templates()).hasSize(1);
        ResponseRecord good = record(reply.items().get(0));
        assertThat(good.status()).isEqualTo(new CertStatus.Good());
        assertThat(record(reply.items().get(1)).status()).isInstanceOf(CertStatus.Revoked.class);
        assertThat(reply.items().subList(2, 5).stream().map(AuthorityAnswersTest::reason))
                .containsExactly(Reason.ANNOUNCED, Reason.UNASSIGNED, Reason.NOT_SERVED);

        ResponseTemplate template = template(reply.templates().getFirst());
        ReceivedResponseCheck check =
                ReceivedResponseCheck.of(
                        template,
                        List.of(TestAuthority.CA.certificate()),
                        IssuerProfile.TLS,
                        Instant.now());
        for (int i = 0; i < 2; i++) {
            ResponseRecord record = record(reply.items().get(i));
            assertThat(
                            check.problem(
                                    new SingleResponseContent(
                                            TestAuthority.certId(next + i), record.status()),
                                    record.window(),
                                    record.signature()))
                    .isEmpty();
        }
    }

    private static ResponseTemplate template(ByteString id) throws Exception {
        HttpResponse<byte[]> response =
                send(edge, to("/edge/v1/templates/" + id.toHex()).GET().build());
        assertThat(response.statusCode()).isEqualTo(200);
        ResponseTemplate template = ResponseTemplate.decode(ByteString.of(response.body()));
        assertThat(template.id()).isEqualTo(id);
        return template;
    }

    @Test
    void a_template_that_no_reply_named_is_not_found() throws Exception {
        for (String id : List.of("00".repeat(32), "x", "0".repeat(63), "%2e%2e")) {
            assertThat(send(edge, to("/edge/v1/templates/" + id).GET().build()).statusCode())
                    .as(id)
                    .isEqualTo(404);
        }
    }

    @Test
    void the_sequence_is_told() throws Exception {
        authority.sequence.set(1234);
        HttpResponse<byte[]> response = send(edge, to("/edge/v1/sequence").GET().build());

        assertThat(ByteBuffer.wrap(response.body()).getLong()).isEqualTo(1234);
    }

    @Test
    void a_thousand_requests_of_three_edges_for_one_response_cost_one_signature() throws Exception {
        CountDownLatch all = new CountDownLatch(1);
        authority.beforeSigning =
                () -> {
                    try {
                        all.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                };
        byte[] body = AnswerRequest.encode(List.of(TestAuthority.certId(next)));
        List<CompletableFuture<Set<ByteString>>> replies = new ArrayList<>();
        List<HttpClient> edges = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            HttpClient one = client(clients.client("edge"));
            edges.add(one);
            // One after the other at each edge, as batches would come; all start before it signs.
            CompletableFuture<Set<ByteString>> chain =
                    CompletableFuture.completedFuture(new HashSet<>());
            for (int j = 0; j < 334; j++) {
                chain =
                        chain.thenCompose(
                                seen ->
                                        one.sendAsync(batch(body), BodyHandlers.ofByteArray())
                                                .thenApply(
                                                        it -> {
                                                            seen.add(ByteString.of(it.body()));
                                                            return seen;
                                                        }));
            }
            replies.add(chain);
        }
        await().until(() -> authority.answers.inProgress() == 3);
        all.countDown();

        Set<ByteString> distinct = new HashSet<>();
        for (CompletableFuture<Set<ByteString>> chain : replies) {
            distinct.addAll(chain.get());
        }
        assertThat(authority.signatures).hasValue(1);
        assertThat(distinct).hasSize(1);
        edges.forEach(HttpClient::close);
    }

    @Test
    void a_revocation_during_a_signature_is_in_the_reply() throws Exception {
        authority.beforeSigning =
                () -> {
                    authority.beforeSigning = () -> {};
                    TestAuthority.revoke(authority.store, next);
                };

        assertThat(record(ask(TestAuthority.certId(next)).items().getFirst()).status())
                .isInstanceOf(CertStatus.Revoked.class);
    }

    @Test
    void a_key_that_fails_is_a_reason() throws Exception {
        authority.beforeSigning =
                () -> {
                    throw new SignerUnavailableException(
                            SignerUnavailableException.Cause.KEY_FAILED, "token gone");
                };

        assertThat(reason(ask(TestAuthority.certId(next)).items().getFirst()))
                .isEqualTo(Reason.BUSY);
    }

    @Test
    void what_finds_no_place_in_the_queue_is_answered_busy_and_the_rest_is_served()
            throws Exception {
        CountDownLatch signing = new CountDownLatch(1);
        authority.beforeSigning =
                () -> {
                    try {
                        signing.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                };
        CompletableFuture<HttpResponse<byte[]>> first =
                edge.sendAsync(batch(many(next, 64)), BodyHandlers.ofByteArray());
        await().until(() -> authority.answers.inProgress() == 64);

        CompletableFuture<HttpResponse<byte[]>> second =
                edge.sendAsync(batch(many(next + 64, 64)), BodyHandlers.ofByteArray());
        await().until(() -> authority.answers.inProgress() == 68);
        signing.countDown();

        assertThat(AnswerReply.decode(first.get().body()).items()).allSatisfy(item -> record(item));
        List<Item> items = AnswerReply.decode(second.get().body()).items();
        assertThat(items.stream().filter(Item.Signed.class::isInstance).count()).isBetween(4L, 8L);
        assertThat(reason(items.getLast())).isEqualTo(Reason.BUSY);
    }

    private static byte[] many(long first, int count) {
        return AnswerRequest.encode(
                LongStream.range(first, first + count).mapToObj(TestAuthority::certId).toList());
    }

    @Test
    void bad_batches_are_refused_with_what_to_do() throws Exception {
        refused(batch(new byte[0]), 400, "an OCSPRequest for 1 to 64 CertIDs");
        refused(batch(new byte[] {0x30, 0}), 400, "an OCSPRequest for 1 to 64 CertIDs");
        refused(batch(many(1_000, 65)), 400, "an OCSPRequest for 1 to 64 CertIDs");
        refused(batch(new byte[AuthorityAnswers.MAX_BYTES + 1]), 413, "16,384 bytes");
        refused(
                to("/edge/v1/answers")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}"))
                        .build(),
                415,
                OCSP_REQUEST);
        refused(to("/edge/v1/answers").GET().build(), 405, "use POST");
        refused(to("/edge/v2/answers").GET().build(), 404, "upgrade");
    }

    private static void refused(HttpRequest request, int status, String why) throws Exception {
        HttpResponse<byte[]> response = send(edge, request);
        assertThat(response.statusCode()).as(text(response)).isEqualTo(status);
        assertThat(text(response)).contains(why);
    }

    @Test
    void only_the_role_edge_asks_and_an_edge_does_nothing_else() throws Exception {
        for (String role : List.of("issuer", "revoker", "viewer", "operator", "nobody")) {
            try (HttpClient other = client(clients.client(role))) {
                for (HttpRequest request :
                        List.of(
                                batch(many(next, 1)),
                                to("/edge/v1/sequence").GET().build(),
                                to("/edge/v1/templates/" + "00".repeat(32)).GET().build())) {
                    assertThat(send(other, request).statusCode()).as(role).isEqualTo(403);
                }
            }
        }
        for (String path : List.of("/v1/issuers", "/v1/overview", "/v1/caller")) {
            assertThat(send(edge, to(path).GET().build()).statusCode()).as(path).isEqualTo(403);
        }
        assertThat(authority.signatures).hasValue(0);
    }

    @Test
    void a_client_certificate_of_another_ca_is_not_even_heard(@TempDir Path elsewhere)
            throws Exception {
        ClientTls stranger = new TestClientCa(elsewhere, "Other CA").client("edge");
        ClientTls pretender =
                new ClientTls(
                        Optional.of(clients.authority()), stranger.certificate(), stranger.key());
        try (HttpClient other = client(pretender)) {
            assertThatThrownBy(() -> send(other, batch(many(next, 1))))
                    .isInstanceOf(IOException.class);
        }
        assertThat(authority.signatures).hasValue(0);
    }
}
