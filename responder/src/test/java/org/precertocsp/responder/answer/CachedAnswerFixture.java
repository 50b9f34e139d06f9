package org.precertocsp.responder.answer;

import static org.precertocsp.responder.status.TestChanges.ISSUER;
import static org.precertocsp.responder.status.TestChanges.source;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;

/// The chain with its memory layer over a real or fake store, and a signer whose "response" is one
/// octet that tells the status it was asked to sign.
final class CachedAnswerFixture {
    static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final byte GOOD = 0;
    private static final byte REVOKED = 1;

    final StatusStore store;
    final AtomicReference<Instant> wall = new AtomicReference<>(NOW);
    final AnswerCache<ByteString> cache;
    final AnswerContext shared;
    private final AnswerService source;
    private final Queue<ResponseContent> signed = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Runnable> whileSigning = new AtomicReference<>(() -> {});
    private final AtomicBoolean refusing = new AtomicBoolean();

    CachedAnswerFixture() {
        this(1 << 20);
    }

    CachedAnswerFixture(long cacheBytes) {
        this(new InMemoryStatusStore(), cacheBytes);
    }

    CachedAnswerFixture(StatusStore store, long cacheBytes) {
        this.store = store;
        ServedIssuer issuer =
                new ServedIssuer(
                        ISSUER,
                        IssuerProfile.TLS,
                        Duration.ofDays(2),
                        this::sign,
                        PresignMode.NONE);
        AnswerConfig config =
                new AnswerConfig(
                        AnswerConfig.Nonces.IGNORE,
                        AnswerConfig.Unassigned.UNAUTHORIZED,
                        Duration.ofSeconds(5),
                        cacheBytes);
        this.shared =
                new AnswerContext(
                        new IssuerDirectory(List.of(issuer)),
                        store,
                        store.epochs(),
                        config,
                        new MonotonicClock(wall::get));
        this.cache = new AnswerCache<>(cacheBytes, served -> served.response().der(), _ -> 0);
        this.source =
                new AnswerService(
                        shared,
                        cache,
                        ResponseStore.NONE,
                        Duration.ofSeconds(10),
                        AnswerEvents.NONE);
    }

    Answer ask(CertId certId) {
        return source.answer(certId, wall.get());
    }

    void apply(StatusChange change) {
        try (ChangeSet changes = store.begin(source("feed"))) {
            changes.apply(change);
            changes.commit();
        }
    }

    void whileSigning(Runnable action) {
        whileSigning.set(action);
    }

    void refuse(boolean refuses) {
        refusing.set(refuses);
    }

    int signatures() {
        return signed.size();
    }

    List<CertId> asked() {
        return signed.stream().map(content -> content.answers().getFirst().certId()).toList();
    }

    static CertStatus statusIn(Answer answer) {
        Answer.Served served = (Answer.Served) answer;
        return served.response().der().at(0) == GOOD
                ? new CertStatus.Good()
                : new CertStatus.Revoked(NOW, Optional.of(RevocationReason.KEY_COMPROMISE));
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("waited ten seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private SignedResponse sign(ResponseContent content) throws SignerUnavailableException {
        if (refusing.get()) {
            throw new SignerUnavailableException(
                    SignerUnavailableException.Cause.KEY_FAILED, "as the test wants");
        }
        signed.add(content);
        whileSigning.get().run();
        byte status =
                content.answers().getFirst().status() instanceof CertStatus.Good ? GOOD : REVOKED;
        return new SignedResponse(
                ByteString.of(status), content.window().thisUpdate(), content.window());
    }
}
