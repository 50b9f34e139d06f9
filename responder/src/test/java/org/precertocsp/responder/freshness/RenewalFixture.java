package org.precertocsp.responder.freshness;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.answer.KeptResponse;
import org.precertocsp.responder.answer.Presign;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.SteadyClock;
import org.precertocsp.responder.answer.TestTemplates;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.Facts;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreLocked;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseTemplate;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailable;

/// Renewals of one issuer over a real store, with a clock and a key the test rules.
final class RenewalFixture implements AutoCloseable {
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    static final Duration VALIDITY = Duration.ofDays(2);

    private static final ResponseTemplate TEMPLATE = TestTemplates.template("a credential");

    final List<SerialKey> signed = new ArrayList<>();
    final List<SerialKey> signedUrgently = new ArrayList<>();
    final RocksStores store;
    private final ServedIssuer issuer;
    private final SteadyClock clock;
    private final RenewedIssuer renewed;
    private final IssuerRenewal renewal;

    volatile Instant now;
    Predicate<KeptResponse> wasAsked = _ -> false;
    volatile Optional<SignerUnavailable.Cause> keyRefuses = Optional.empty();
    Runnable whileSigning = () -> {};
    long requests;

    RenewalFixture(Path directory, Presign presign) throws StoreLocked {
        this(directory, presign, NOON);
    }

    RenewalFixture(Path directory, Presign presign, Instant now) throws StoreLocked {
        this(directory, presign, now, VALIDITY);
    }

    RenewalFixture(Path directory, Presign presign, Instant now, Duration validity)
            throws StoreLocked {
        this.now = now;
        this.clock = new SteadyClock(() -> this.now);
        this.store = RocksStores.open(new RocksConfig(directory, 8 << 20));
        this.issuer =
                new ServedIssuer(
                        Facts.ISSUER,
                        IssuerProfile.TLS,
                        validity,
                        content -> {
                            throw new AssertionError("the live lane is for clients");
                        },
                        presign);
        store.renewals().presign(Facts.ISSUER, presign);
        this.renewed =
                new RenewedIssuer(
                        "test",
                        issuer,
                        content -> sign(content, signedUrgently),
                        content -> sign(content, signed),
                        1);
        RenewalRules rules = new RenewalRules(issuer, it -> wasAsked.test(it));
        RenewalWork work = new RenewalWork(renewed, rules, store, clock);
        Pace pace = new Pace(() -> requests, this::nanos);
        this.renewal = new IssuerRenewal(renewed, store.renewals(), work, pace, clock, this::nanos);
    }

    private long nanos() {
        return now.toEpochMilli() * 1_000_000;
    }

    private SignedResponse sign(ResponseContent content, List<SerialKey> to)
            throws SignerUnavailable {
        if (keyRefuses.isPresent()) {
            throw new SignerUnavailable(keyRefuses.get(), "as the test wants");
        }
        whileSigning.run();
        to.add(new SerialKey(Facts.ISSUER, content.answers().getFirst().certId().serial()));
        Octets signature = Octets.of(BigInteger.valueOf(to.size()).toByteArray());
        return new SignedResponse(
                Octets.of((byte) 0x30),
                content.window().thisUpdate(),
                content.window(),
                Optional.of(new SignedResponse.Essence(TEMPLATE, signature)));
    }

    void feed(StatusChange... changes) {
        try (ChangeSet set = store.begin(Facts.source("a feed"))) {
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
    Renewals running() {
        return Renewals.start(
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

    Optional<KeptResponse> kept(SerialKey serial) {
        return kept(DueRenewal.usual(serial));
    }

    Optional<KeptResponse> kept(ResponseKey key) {
        return store.responses().find(key);
    }

    Instant plannedFor(SerialKey serial) {
        KeptResponse kept = kept(serial).orElseThrow();
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
