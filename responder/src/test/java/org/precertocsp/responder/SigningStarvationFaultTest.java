package org.precertocsp.responder;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerConfig;
import org.precertocsp.responder.answer.AnswerContext;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.CacheHints;
import org.precertocsp.responder.answer.FastAnswerLookup;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.TestTemplates;
import org.precertocsp.responder.answer.UnassignedSerialListener;
import org.precertocsp.responder.http.HttpConfig;
import org.precertocsp.responder.http.HttpReply;
import org.precertocsp.responder.http.OcspHttpServer;
import org.precertocsp.responder.http.OcspServiceConfig;
import org.precertocsp.responder.http.OverloadMonitor;
import org.precertocsp.responder.http.RequestMetrics;
import org.precertocsp.responder.renewal.RenewalIssuer;
import org.precertocsp.responder.renewal.RenewalService;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.RequestLimits;
import org.precertocsp.responder.request.Requests;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.BoundedSigner;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SigningConfig;
import org.precertocsp.signer.SigningPriority;
import org.precertocsp.signer.SigningState;

/// Clients that ask for more signatures than a slow key can make: several CertIDs, nonces, serials
/// nobody assigned, and so many single ones that the live lane is never empty. Renewals go on, and
/// who asks for what is stored or in memory notices nothing.
final class SigningStarvationFaultTest {
    private static final int SERIALS = 24;
    private static final int CLIENTS = 8;
    private static final Duration KEY_TAKES = Duration.ofMillis(20);
    private static final ResponseTemplate TEMPLATE = TestTemplates.template("a slow token");
    private static final Instant NOT_AFTER = Instant.parse("2126-01-01T00:00:00Z");
    private static final int TRY_LATER = 3;
    private static final SigningState.Lane NOTHING = new SigningState.Lane(0, 0, 0);
    private static final InstantSource CLOCK = InstantSource.system();

    /// What those who flood ask.
    enum Flood {
        SEVERAL_CERT_IDS {
            @Override
            byte[] request(long number) {
                byte[] one = Requests.single(certId(HashAlgorithm.SHA1, 1 + number % SERIALS));
                byte[] two = Requests.single(certId(HashAlgorithm.SHA1, number % SERIALS + 2));
                return Requests.request(Requests.tbs(Requests.list(one, two)));
            }
        },
        NONCES {
            @Override
            byte[] request(long number) {
                byte[] one = Requests.single(certId(HashAlgorithm.SHA1, 1 + number % SERIALS));
                return Requests.request(
                        Requests.tbs(
                                Requests.list(one),
                                Requests.requestExtensions(Requests.nonce(32))));
            }
        },
        UNASSIGNED {
            @Override
            byte[] request(long number) {
                return single(HashAlgorithm.SHA1, 1_000_000 + number);
            }
        },
        /// Forms of CertID nobody asked for before: nothing is ready, and all are worth keeping.
        DISTINCT {
            @Override
            byte[] request(long number) {
                HashAlgorithm hash = number % 2 == 0 ? HashAlgorithm.SHA256 : HashAlgorithm.SHA512;
                return single(hash, 1 + number / 2 % SERIALS);
            }
        };

        abstract byte[] request(long number);
    }

    @TempDir Path directory;

    private final AtomicLong keyTakes = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private final HttpClient client = HttpClient.newHttpClient();
    private final BoundedSigner key =
            new BoundedSigner(
                    this::sign,
                    new SigningConfig(
                            1, 64, 10_000, Duration.ofSeconds(5), 5, Duration.ofSeconds(1)),
                    CLOCK);
    private @Nullable RocksStore store;
    private @Nullable RenewalService renewals;
    private @Nullable OcspHttpServer server;

    @BeforeEach
    void start() throws StoreLockedException, IOException {
        RocksStore opened = RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
        store = opened;
        ServedIssuer issuer =
                new ServedIssuer(
                        TestChanges.ISSUER,
                        IssuerProfile.TLS,
                        Duration.ofDays(2),
                        key,
                        key.singleUse(),
                        PresignMode.ALL,
                        CacheHints.Policy.NONE);
        MonotonicClock steady = new MonotonicClock(CLOCK, System::nanoTime);
        RenewalService started =
                RenewalService.start(
                        BackgroundTasks.logged(),
                        List.of(
                                new RenewalIssuer(
                                        "slow", issuer, key.urgent(), key.background(), 1)),
                        opened,
                        opened.renewals(),
                        steady,
                        () -> 0);
        renewals = started;
        feed(1, SERIALS + 1);
        await(() -> started.states().getFirst().signed() > SERIALS);
        server = serve(issuer, opened, started, steady);
        keyTakes.set(KEY_TAKES.toNanos());
    }

    private static OcspHttpServer serve(
            ServedIssuer issuer, RocksStore store, RenewalService renewals, MonotonicClock steady)
            throws IOException {
        AnswerContext shared =
                new AnswerContext(
                        new IssuerDirectory(List.of(issuer)),
                        store,
                        store.epochs(),
                        new AnswerConfig(
                                AnswerConfig.Nonces.ECHO,
                                AnswerConfig.Unassigned.UNKNOWN,
                                Duration.ofSeconds(1),
                                1 << 20),
                        steady);
        AnswerCache<HttpReply> cache = new AnswerCache<>(1 << 20, HttpReply::of, HttpReply::bytes);
        FastAnswerLookup<HttpReply> ready =
                new FastAnswerLookup<>(
                        shared, cache, HttpReply.unauthorized(), UnassignedSerialListener.NONE);
        AnswerService source =
                new AnswerService(
                        shared,
                        cache,
                        store.responses(),
                        Duration.ofSeconds(5),
                        new AnswerEvents(_ -> {}, renewals::asked, UnassignedSerialListener.NONE));
        // No more threads than a small machine has processors.
        return OcspHttpServer.start(
                config(),
                new OcspServiceConfig(
                        new OcspRequestDecoder(new RequestLimits(4)),
                        shared.issuers(),
                        ready::find,
                        OcspServiceConfig.Sources.of(source),
                        CLIENTS + 2,
                        1,
                        new OcspServiceConfig.SingleUse(ready::isSingleUse, 1),
                        new RequestMetrics(),
                        new OverloadMonitor(Alarm.LOGGED)),
                steady);
    }

    private static HttpConfig config() {
        return new HttpConfig(
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                "/",
                8_000,
                8_000,
                8_000,
                64,
                1 << 20,
                100,
                100,
                List.of(),
                100,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1));
    }

    @AfterEach
    void stop() throws InterruptedException {
        over.set(true);
        clients.shutdown();
        assertThat(clients.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        if (server != null) {
            server.close();
        }
        if (renewals != null) {
            renewals.close();
        }
        key.close();
        if (store != null) {
            store.close();
        }
        client.close();
    }

    @ParameterizedTest
    @EnumSource(Flood.class)
    void renewals_and_clients_go_on_while_others_ask_for_more_than_the_key_can_sign(Flood flood)
            throws Exception {
        List<Future<?>> flooding = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            flooding.add(clients.submit(() -> flood(flood)));
        }
        await(() -> requests.get() > 2 * CLIENTS);
        long renewed = renewed();
        int more = 8 * Integer.getInteger("faults", 1);

        feed(50, more);
        await(() -> renewed() >= renewed + more);

        for (int serial = 1; serial <= SERIALS; serial++) {
            long began = System.nanoTime();
            assertThat(ask(single(HashAlgorithm.SHA1, serial))).isEqualTo(0);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofMillis(500));
        }
        assertThat(renewals().states().getFirst().overdue()).isEmpty();
        over.set(true);
        for (Future<?> one : flooding) {
            one.get();
        }
    }

    @Test
    void cert_ids_asked_twice_in_one_request_cost_no_signature() throws Exception {
        byte[] one = Requests.single(certId(HashAlgorithm.SHA1, 1));
        byte[] thrice = Requests.request(Requests.tbs(Requests.list(one, one, one)));
        long signed = key.state().signed();

        for (int i = 0; i < 20; i++) {
            assertThat(ask(thrice)).isEqualTo(0);
        }

        assertThat(key.state().signed()).isEqualTo(signed);
    }

    @Test
    void what_one_request_alone_can_use_is_signed_in_a_lane_of_its_own() throws Exception {
        for (Flood flood : List.of(Flood.SEVERAL_CERT_IDS, Flood.NONCES, Flood.UNASSIGNED)) {
            long before = signedIn(SigningPriority.SINGLE_USE);
            assertThat(ask(flood.request(1))).isEqualTo(0);
            assertThat(signedIn(SigningPriority.SINGLE_USE)).as(flood.name()).isEqualTo(before + 1);
        }
        assertThat(signedIn(SigningPriority.LIVE)).isZero();
    }

    private long signedIn(SigningPriority lane) {
        return key.state().lanes().getOrDefault(lane, NOTHING).signed();
    }

    private void flood(Flood flood) {
        while (!over.get()) {
            try {
                int status = ask(flood.request(requests.incrementAndGet()));
                assertThat(status).isIn(0, TRY_LATER);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// The OCSPResponseStatus.
    private int ask(byte[] request) throws IOException, InterruptedException {
        int port = requireNonNull(server).addresses().getFirst().getPort();
        HttpResponse<byte[]> reply =
                client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                                .header("Content-Type", "application/ocsp-request")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        byte[] body = reply.body();
        return body.length == 5 ? body[4] : 0;
    }

    private RenewalService renewals() {
        return requireNonNull(renewals);
    }

    private long renewed() {
        return renewals().states().getFirst().signed();
    }

    private void feed(int first, int count) {
        try (ChangeSet set = requireNonNull(store).begin(TestChanges.source("feed " + first))) {
            for (int i = 0; i < count; i++) {
                set.apply(TestChanges.declared(TestChanges.key(first + i), NOT_AFTER));
            }
            set.commit();
        }
    }

    private SignedResponse sign(ResponseContent content) {
        long until = System.nanoTime() + keyTakes.get();
        while (System.nanoTime() - until < 0) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
        return new SignedResponse(
                ByteString.of(
                        (byte) 0x30, (byte) 0x03, (byte) 0x0a, (byte) 0x01, (byte) 0x00, (byte) 0),
                content.window().thisUpdate(),
                content.window(),
                content.answers().size() > 1 || content.nonce().isPresent()
                        ? Optional.empty()
                        : Optional.of(
                                new SignedResponse.Essence(TEMPLATE, ByteString.of((byte) 1))));
    }

    private static byte[] single(HashAlgorithm hash, long serial) {
        return Requests.request(Requests.tbs(Requests.list(Requests.single(certId(hash, serial)))));
    }

    private static byte[] certId(HashAlgorithm hash, long serial) {
        ByteString name = TestChanges.ISSUER.nameHash(hash);
        ByteString key = TestChanges.ISSUER.keyHash(hash);
        byte[] algorithm = Requests.tlv(0x30, hash.oidDer().toArray(), Requests.hex(Requests.NULL));
        return Requests.tlv(
                0x30,
                algorithm,
                Requests.tlv(0x04, name.toArray()),
                Requests.tlv(0x04, key.toArray()),
                Requests.tlv(0x02, BigInteger.valueOf(serial).toByteArray()));
    }
}
