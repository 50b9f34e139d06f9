package org.precertocsp.responder.cluster.answers;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.admin.ClientTls;
import org.precertocsp.responder.admin.TlsConfigException;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.AnswerCache;
import org.precertocsp.responder.answer.AnswerConfig;
import org.precertocsp.responder.answer.AnswerContext;
import org.precertocsp.responder.answer.AnswerEvents;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ResponseStore;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.BoundedSigner;
import org.precertocsp.signer.SigningConfig;

/// An edge without its endpoint: store, responses, answer service, and authorities to ask.
final class TestEdge implements AutoCloseable {
    static final SigningConfig SIGNING =
            new SigningConfig(512, 1_024, 100, Duration.ofSeconds(40), 5, Duration.ofMillis(500));

    final InMemoryStatusStore store = new InMemoryStatusStore();
    final Map<ResponseKey, StoredResponse> responses = new ConcurrentHashMap<>();
    final AtomicLong applied = new AtomicLong(1);
    volatile Runnable whileBehind = () -> {};
    final FakeAlarm alarm = new FakeAlarm();
    final AuthorityClient client;
    final RemoteSigner remote;
    final BoundedSigner bounded;
    final AnswerService answers;
    final IssuerDirectory issuers;

    TestEdge(
            ClientTls tls,
            AuthorityClient.Settings settings,
            List<AuthorityClient.Endpoint> authorities)
            throws TlsConfigException {
        InstantSource clock = InstantSource.system();
        MonotonicClock steady = new MonotonicClock(clock);
        client =
                AuthorityClient.start(
                        authorities,
                        tls.context(),
                        settings,
                        BackgroundTasks.logged(),
                        alarm,
                        clock);
        remote =
                new RemoteSigner(
                        client,
                        List.of(TestAuthority.CA.certificate()),
                        IssuerProfile.TLS,
                        new RemoteSigner.Knowledge(store, position(), steady));
        bounded = new BoundedSigner(remote, SIGNING, clock);
        ServedIssuer issuer =
                new ServedIssuer(
                        TestAuthority.CA.certificate().key(),
                        IssuerProfile.TLS,
                        Duration.ofDays(2),
                        bounded,
                        PresignMode.ASKED);
        issuers = new IssuerDirectory(List.of(issuer));
        AnswerConfig config =
                new AnswerConfig(
                        AnswerConfig.Nonces.IGNORE,
                        AnswerConfig.Unassigned.UNAUTHORIZED,
                        Duration.ofSeconds(5),
                        16 << 20);
        answers =
                new AnswerService(
                        new AnswerContext(issuers, store, store.epochs(), config, steady),
                        new AnswerCache<>(16 << 20, served -> served, _ -> 0),
                        new ResponseStore() {
                            @Override
                            public Optional<StoredResponse> find(ResponseKey key) {
                                return Optional.ofNullable(responses.get(key));
                            }

                            @Override
                            public void keep(StoredResponse response) {
                                responses.put(response.key(), response);
                            }
                        },
                        Duration.ofMinutes(1),
                        AnswerEvents.NONE);
    }

    private LogPosition position() {
        return new LogPosition() {
            @Override
            public long applied() {
                return applied.get();
            }

            @Override
            public boolean awaitApplied(long sequence, Duration atMost)
                    throws InterruptedException {
                whileBehind.run();
                long until = System.nanoTime() + atMost.toNanos();
                synchronized (applied) {
                    while (applied.get() < sequence) {
                        long left = until - System.nanoTime();
                        if (left <= 0) {
                            return false;
                        }
                        applied.wait(left / 1_000_000 + 1);
                    }
                }
                return true;
            }
        };
    }

    /// Applies the log up to there.
    void apply(long sequence) {
        synchronized (applied) {
            applied.set(sequence);
            applied.notifyAll();
        }
    }

    /// @throws NullPointerException it was not kept
    StoredResponse kept(ResponseKey key) {
        return Objects.requireNonNull(responses.get(key));
    }

    Answer ask(CertId certId) {
        return answers.answer(certId, Instant.now());
    }

    Answer ask(long serial) {
        return ask(TestAuthority.certId(serial));
    }

    @Override
    public void close() {
        client.close();
        bounded.close();
        store.close();
    }
}
