package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.answer.UntrustedClockException;
import org.precertocsp.responder.status.ChangeEpochs;
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

    /// A serial whose status cannot be read is postponed, so that it does not block others.
    ///
    /// @throws SignerUnavailableException it remains due
    /// @throws UntrustedClockException nothing may be signed; it remains due
    RenewalResult settle(DueRenewal due) throws SignerUnavailableException {
        try {
            return decideAndSign(due);
        } catch (StoreException e) {
            LOG.error("a response cannot be renewed: {}", e.getMessage());
            Instant again = clock.instant().plus(POSTPONE);
            return new RenewalResult(due, List.of(), List.of(), Optional.of(again));
        }
    }

    private RenewalResult decideAndSign(DueRenewal due) throws SignerUnavailableException {
        while (true) {
            ChangeEpochs.Mark mark = statuses.epochs().mark(due.serial());
            MonotonicClock.TimeRange time = clock.range();
            Instant now = clock.instant();
            RenewalRules.Decision decision = rules.decide(due, statuses.find(due.serial()), now);
            List<StoredResponse> signed = new ArrayList<>();
            for (ResponseKey key : decision.sign()) {
                signed.add(sign(due, key, decision.status().orElseThrow(), time));
            }
            // If the status changed during signing, decide again. A later change adds its own entry
            // to the queue in its commit, which is processed after this result is written.
            if (signed.isEmpty() || mark.isCurrent()) {
                return new RenewalResult(due, signed, decision.drop(), decision.again());
            }
        }
    }

    private StoredResponse sign(
            DueRenewal due, ResponseKey key, CertStatus status, MonotonicClock.TimeRange now)
            throws SignerUnavailableException {
        ServedIssuer issuer = renewed.issuer();
        ResponseSigner signer =
                due.why() == DueRenewal.Why.CHANGED ? renewed.urgent() : renewed.background();
        SignedResponse response =
                signer.sign(
                        new ResponseContent(
                                List.of(new SingleResponseContent(key.certId(), status)),
                                clock.window(now, issuer.validity()),
                                Optional.empty(),
                                issuer.profile().retentionPastExpiry(),
                                clock.instant()));
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
