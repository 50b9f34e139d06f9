package org.precertocsp.responder.freshness;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.responder.answer.ClockFailure;
import org.precertocsp.responder.answer.KeptResponse;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.answer.SteadyClock;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.signer.ResponseContent;
import org.precertocsp.signer.ResponseSigner;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SignerUnavailable;
import org.precertocsp.signer.SingleAnswer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Processes a due renewal: reads the current status, and signs. Thread-safe.
final class RenewalWork {
    private static final Logger LOG = LoggerFactory.getLogger(RenewalWork.class);
    private static final Duration POSTPONE = Duration.ofHours(1);

    private final RenewedIssuer renewed;
    private final RenewalRules rules;
    private final StatusStore statuses;
    private final SteadyClock clock;

    RenewalWork(
            RenewedIssuer renewed, RenewalRules rules, StatusStore statuses, SteadyClock clock) {
        this.renewed = renewed;
        this.rules = rules;
        this.statuses = statuses;
        this.clock = clock;
    }

    /// A serial whose status cannot be read is postponed, so that it does not block others.
    ///
    /// @throws SignerUnavailable it remains due
    /// @throws ClockFailure nothing may be signed; it remains due
    Settled settle(DueRenewal due) throws SignerUnavailable {
        try {
            return decideAndSign(due);
        } catch (StoreFailure e) {
            LOG.error("a response cannot be renewed: {}", e.getMessage());
            Instant again = clock.instant().plus(POSTPONE);
            return new Settled(due, List.of(), List.of(), Optional.of(again));
        }
    }

    private Settled decideAndSign(DueRenewal due) throws SignerUnavailable {
        while (true) {
            ChangeEpochs.Mark mark = statuses.epochs().mark(due.serial());
            SteadyClock.TimeRange time = clock.range();
            Instant now = clock.instant();
            RenewalRules.Decision decision = rules.decide(due, statuses.find(due.serial()), now);
            List<KeptResponse> signed = new ArrayList<>();
            for (ResponseKey key : decision.sign()) {
                signed.add(sign(due, key, decision.status().orElseThrow(), time));
            }
            // If the status changed during signing, decide again. A later change adds its own entry
            // to the
            // queue in its commit, which is processed after this result is written.
            if (signed.isEmpty() || mark.isCurrent()) {
                return new Settled(due, signed, decision.drop(), decision.again());
            }
        }
    }

    private KeptResponse sign(
            DueRenewal due, ResponseKey key, CertStatus status, SteadyClock.TimeRange now)
            throws SignerUnavailable {
        ServedIssuer issuer = renewed.issuer();
        ResponseSigner signer =
                due.why() == DueRenewal.Why.CHANGED ? renewed.urgent() : renewed.background();
        SignedResponse response =
                signer.sign(
                        new ResponseContent(
                                List.of(new SingleAnswer(key.certId(), status)),
                                clock.window(now, issuer.validity()),
                                Optional.empty(),
                                issuer.profile().retentionPastExpiry(),
                                clock.instant()));
        return new KeptResponse(
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
