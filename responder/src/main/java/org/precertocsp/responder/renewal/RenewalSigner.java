package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.answer.UntrustedClockException;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailableException;
import org.precertocsp.signer.SingleResponseContent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Processes a due renewal: reads the current status, and signs. Thread-safe.
final class RenewalSigner {
    private static final Logger LOG = LoggerFactory.getLogger(RenewalSigner.class);
    private static final Duration POSTPONE = Duration.ofHours(1);

    /// A status read longer ago is read again: a slow key must not sign with an old time.
    private static final long LONGEST_KNOWN = TimeUnit.MILLISECONDS.toNanos(50);

    private final RenewalIssuer renewed;
    private final RenewalRules rules;
    private final StatusStore statuses;
    private final MonotonicClock clock;

    RenewalSigner(
            RenewalIssuer renewed, RenewalRules rules, StatusStore statuses, MonotonicClock clock) {
        this.renewed = renewed;
        this.rules = rules;
        this.statuses = statuses;
        this.clock = clock;
    }

    /// The status of a serial, which is not older than `time`.
    ///
    /// @param mark from before the status was read
    /// @param time from before the status was read, like `now`
    /// @param nanos likewise, of the monotonic clock
    record KnownStatus(
            ChangeEpochs.Mark mark,
            MonotonicClock.TimeRange time,
            Instant now,
            long nanos,
            Optional<StatusRecord> record) {
        private boolean isOld() {
            return System.nanoTime() - nanos > LONGEST_KNOWN;
        }
    }

    /// The statuses of serials that are processed next, read together. Empty if they cannot be:
    /// then each is read when it is processed.
    List<Optional<KnownStatus>> known(List<DueRenewal> due) {
        List<SerialKey> serials = due.stream().map(DueRenewal::serial).toList();
        List<ChangeEpochs.Mark> marks = serials.stream().map(statuses.epochs()::mark).toList();
        long nanos = System.nanoTime();
        MonotonicClock.TimeRange time = clock.range();
        Instant now = clock.instant();
        List<Optional<KnownStatus>> known = new ArrayList<>(due.size());
        try {
            List<Optional<StatusRecord>> records = statuses.findAll(serials);
            for (int i = 0; i < due.size(); i++) {
                known.add(
                        Optional.of(
                                new KnownStatus(marks.get(i), time, now, nanos, records.get(i))));
            }
            return known;
        } catch (StoreException e) {
            LOG.debug("statuses are read one by one", e);
            return Collections.nCopies(due.size(), Optional.empty());
        }
    }

    /// A serial whose status cannot be read is postponed, so that it does not block others.
    ///
    /// @param known its status, if it was read before
    /// @throws SignerUnavailableException it remains due
    /// @throws UntrustedClockException nothing may be signed; it remains due
    RenewalResult settle(DueRenewal due, Optional<KnownStatus> known)
            throws SignerUnavailableException {
        try {
            return decideAndSign(due, known);
        } catch (StoreException e) {
            LOG.error("a response cannot be renewed: {}", e.getMessage());
            Instant again = clock.instant().plus(POSTPONE);
            return new RenewalResult(due, List.of(), List.of(), Optional.of(again));
        }
    }

    private RenewalResult decideAndSign(DueRenewal due, Optional<KnownStatus> read)
            throws SignerUnavailableException {
        KnownStatus known = read.filter(it -> !it.isOld()).orElseGet(() -> find(due.serial()));
        while (true) {
            RenewalRules.Decision decision = rules.decide(due, known.record(), known.now());
            List<StoredResponse> signed = new ArrayList<>(decision.sign().size());
            for (ResponseKey key : decision.sign()) {
                signed.add(sign(due, key, decision.status().orElseThrow(), known));
            }
            // If the status changed since it was read, decide again. A later change adds its own
            // entry to the queue in its commit, which is processed after this result is written.
            if (signed.isEmpty() || known.mark().isCurrent()) {
                return new RenewalResult(due, signed, decision.drop(), decision.again());
            }
            known = find(due.serial());
        }
    }

    private KnownStatus find(SerialKey serial) {
        ChangeEpochs.Mark mark = statuses.epochs().mark(serial);
        long nanos = System.nanoTime();
        MonotonicClock.TimeRange time = clock.range();
        Instant now = clock.instant();
        return new KnownStatus(mark, time, now, nanos, statuses.find(serial));
    }

    private StoredResponse sign(
            DueRenewal due, ResponseKey key, CertStatus status, KnownStatus known)
            throws SignerUnavailableException {
        ServedIssuer issuer = renewed.issuer();
        ResponseSigner signer =
                due.why() == DueRenewal.Why.CHANGED ? renewed.urgent() : renewed.background();
        SignedResponse response =
                signer.sign(
                        new ResponseContent(
                                List.of(new SingleResponseContent(key.certId(), status)),
                                clock.window(known.time(), issuer.validity()),
                                Optional.empty(),
                                issuer.profile().retentionPastExpiry(),
                                known.now()));
        return new StoredResponse(
                key,
                status,
                response.window(),
                response.essence()
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "a response for one CertID can be reassembled")));
    }
}
