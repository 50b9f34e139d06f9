package org.precertocsp.responder.renewal;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.answer.TestTemplates;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;

/// Renewals of one issuer over a real store, with a clock and a key the test rules.
final class RenewalFixture implements AutoCloseable {
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    static final Duration VALIDITY = Duration.ofDays(2);

    private static final ResponseTemplate TEMPLATE = TestTemplates.template("a credential");

    final List<SerialKey> signed = new ArrayList<>();
    final List<SerialKey> signedUrgently = new ArrayList<>();
    final RocksStore store;
    private final ServedIssuer issuer;
    private final MonotonicClock clock;
    private final RenewalIssuer renewed;
    private final IssuerRenewalWorker renewal;

    volatile Instant now;
    Predicate<StoredResponse> wasAsked = _ -> false;
    volatile Optional<SignerUnavailableException.Cause> keyRefuses = Optional.empty();
    Runnable whileSigning = () -> {};
    long requests;

    RenewalFixture(Path directory, PresignMode presign) throws StoreLockedException {
        this(directory, presign, NOON);
    }

    RenewalFixture(Path directory, PresignMode presign, Instant now) throws StoreLockedException {
        this(directory, presign, now, VALIDITY);
    }

    RenewalFixture(Path directory, PresignMode presign, Instant now, Duration validity)
            throws StoreLockedException {
        this.now = now;
        this.clock = new MonotonicClock(() -> this.now);
        this.store = RocksStore.open(new StoreConfig(directory, 8 << 20));
        this.issuer =
                new ServedIssuer(
                        TestChanges.ISSUER,
                        IssuerProfile.TLS,
                        validity,
                        content -> {
                            throw new AssertionError("the live lane is for clients");
                        },
                        presign);
        store.renewals().presign(TestChanges.ISSUER, presign);
        this.renewed =
                new RenewalIssuer(
                        "test",
                        issuer,
                        content -> sign(content, signedUrgently),
                        content -> sign(content, signed),
                        1);
        RenewalRules rules = new RenewalRules(issuer, it -> wasAsked.test(it));
        RenewalSigner work = new RenewalSigner(renewed, rules, store, clock);
        LoadThrottle pace = new LoadThrottle(() -> requests, this::nanos);
        this.renewal =
                new IssuerRenewalWorker(renewed, store.renewals(), work, pace, clock, this::nanos);
    }

    private long nanos() {
        return now.toEpochMilli() * 1_000_000;
    }

    private SignedResponse sign(ResponseContent content, List<SerialKey> to)
            throws SignerUnavailableException {
        if (keyRefuses.isPresent()) {
            throw new SignerUnavailableException(keyRefuses.get(), "as the test wants");
        }
        whileSigning.run();
        to.add(new SerialKey(TestChanges.ISSUER, content.answers().getFirst().certId().serial()));
        ByteString signature = ByteString.of(BigInteger.valueOf(to.size()).toByteArray());
        return new SignedResponse(
                ByteString.of((byte) 0x30),
                content.window().thisUpdate(),
                content.window(),
                Optional.of(new SignedResponse.Essence(TEMPLATE, signature)));
    }

    void feed(StatusChange... changes) {
        try (ChangeSet set = store.begin(TestChanges.source("a feed"))) {
            for (StatusChange change : changes) {
                set.apply(change);
            }
            set.commit();
        }
    }

    Duration step() throws InterruptedException {
        return renewal.step();
    }

    /// Steps until nothing is due.
    void settleAll() throws InterruptedException {
        int before;
        do {
            before = signed.size() + signedUrgently.size();
            renewal.step();
        } while (signed.size() + signedUrgently.size() > before || state().backlog());
    }

    /// The same on a thread of its own.
    RenewalService running() {
        return RenewalService.start(
                BackgroundTasks.logged(),
                List.of(renewed),
                store,
                store.renewals(),
                clock,
                () -> requests);
    }

    RenewalState state() {
        return renewal.state();
    }

    Optional<StoredResponse> kept(SerialKey serial) {
        return kept(DueRenewal.usual(serial));
    }

    Optional<StoredResponse> kept(ResponseKey key) {
        return store.responses().find(key);
    }

    Instant plannedFor(SerialKey serial) {
        StoredResponse kept = kept(serial).orElseThrow();
        return RenewalPlan.of(kept.key(), kept.window());
    }

    CertStatus statusOf(SerialKey serial) {
        return kept(serial).orElseThrow().status();
    }

    @Override
    public void close() {
        renewal.close();
        store.close();
    }
}
