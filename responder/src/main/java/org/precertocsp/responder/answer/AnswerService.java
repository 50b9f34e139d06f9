package org.precertocsp.responder.answer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.responder.answer.AnswerEvents.Layer;
import org.precertocsp.responder.answer.Flights.Attempt;
import org.precertocsp.responder.request.OcspQuery;
import org.precertocsp.responder.status.ChangeEpochs.Mark;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StoreFailure;

/// Answers a request from the first layer that can: memory ([AnswerCache]), disk ([StoredAnswers]),
/// a new signature ([LiveAnswers]). Thread-safe. May block on store and key, so it is never called
/// on an event loop; what needs neither is found there by [ReadyAnswers].
///
/// # Why no answer is stale
///
/// Invariant 4: once a change is acknowledged, no later answer contradicts it. Nothing is locked
/// and nothing is evicted for that. The store counts changes per serial (`ChangeEpochs`): a count
/// advances after the change is durable and before it is acknowledged. An attempt to answer begins
/// with the *marks*, the counts of the serials requested, and only then reads their statuses. If
/// the marks are still current when the answer is about to be given, no change was acknowledged in
/// between, however long reading and signing took. If they are not, the attempt is made again from
/// the first layer: this loop is the only one. What memory keeps carries its mark, and is given out
/// only while that is current.
///
/// Requests for the same CertID that come together share one attempt ([Flights]). The mark is that
/// of the attempt, not of the request: a request that joined late, after a change was acknowledged,
/// sees that the shared mark is over, and tries again.
///
/// Requests for several certificates, and those whose nonce is repeated, are each answered for
/// themselves: one signature covers the whole response, so that nothing of it can come from memory
/// or disk, and no other request can share it.
public final class AnswerService implements ResponseSource {
    private final Shared shared;
    private final AnswerCache<?> cache;
    private final StoredAnswers stored;
    private final LiveAnswers live;
    private final Flights flights;
    private final AnswerEvents events;

    /// @param patience of requests that wait for another's signature
    public AnswerService(
            Shared shared,
            AnswerCache<?> cache,
            ResponseStore responses,
            Duration patience,
            AnswerEvents events) {
        this.shared = shared;
        this.cache = cache;
        this.stored = new StoredAnswers(responses);
        this.live = new LiveAnswers(shared, events.unassigned());
        this.flights = new Flights(patience, shared.config().retryAfter());
        this.events = events;
    }

    /// As to a client that asks about one certificate and sends no nonce.
    public Answer answer(CertId certId, Instant arrival) {
        OcspQuery query = new OcspQuery(List.of(certId), Optional.empty());
        return answer(shared.issuers().resolve(query, arrival));
    }

    @Override
    public Answer answer(ResolvedRequest request) {
        if (request.issuer().isEmpty()) {
            return new Answer.NotOurs(request.whyNotOurs());
        }
        ServedIssuer issuer = request.issuer().get();
        boolean shareable = request.size() == 1 && !shared.config().repeatsNonce(request.nonce());
        events.reached().accept(Layer.MEMORY);
        while (true) {
            Attempt attempt =
                    shareable ? sharedAttempt(request, issuer) : attempt(request, issuer, false);
            // What was not signed says nothing that a change could contradict.
            if (attempt.isCurrent() || !attempt.isSigned()) {
                return attempt.answer();
            }
        }
    }

    private Attempt sharedAttempt(ResolvedRequest request, ServedIssuer issuer) {
        Answer.Served cached = cache.find(request.key(), shared.clock().range());
        return cached != null
                ? new Attempt(cached, List.of())
                : flights.share(request.key(), () -> attempt(request, issuer, true));
    }

    private Attempt attempt(ResolvedRequest request, ServedIssuer issuer, boolean shareable) {
        List<Mark> marks = request.marks(shared.epochs());
        SteadyClock.TimeRange asOf = shared.clock().range();
        try {
            events.reached().accept(Layer.DISK);
            boolean storable = shareable && issuer.presign() != Presign.NONE;
            Attempt attempt =
                    new Attempt(
                            storable
                                    ? storedOrLive(request, issuer, asOf, marks.getFirst())
                                    : live(request, issuer, findings(request, issuer), asOf),
                            marks);
            if (shareable
                    && attempt.answer() instanceof Answer.Served served
                    && attempt.isCurrent()) {
                cache.put(request.key(), served, marks.getFirst());
            }
            return attempt;
        } catch (StoreFailure e) {
            return new Attempt(new Answer.Failed(String.valueOf(e.getMessage())), marks);
        }
    }

    private Answer storedOrLive(
            ResolvedRequest request, ServedIssuer issuer, SteadyClock.TimeRange asOf, Mark mark) {
        CertId certId = request.certId(0);
        SerialKey serial = request.serial(0).orElseThrow();
        ResponseKey key = new ResponseKey(serial, certId.hashAlgorithm(), certId.parameters());
        events.requested().accept(key);
        List<Finding> findings = findings(request, issuer);
        if (!(findings.getFirst() instanceof Finding.Known(CertStatus status))) {
            return live(request, issuer, findings, asOf);
        }
        Optional<Answer.Served> found = stored.find(key, status, asOf, issuer.caching());
        if (found.isPresent()) {
            return found.get();
        }
        Answer answer = live(request, issuer, findings, asOf);
        if (mark.isCurrent()) {
            stored.keep(key, status, answer);
        }
        return answer;
    }

    private Answer live(
            ResolvedRequest request,
            ServedIssuer issuer,
            List<Finding> findings,
            SteadyClock.TimeRange asOf) {
        events.reached().accept(Layer.SIGNER);
        return live.answer(request, issuer, findings, asOf);
    }

    /// What the store says now, in the order requested.
    ///
    /// @throws StoreFailure the store could not say
    private List<Finding> findings(ResolvedRequest request, ServedIssuer issuer) {
        List<Finding> findings = new ArrayList<>(request.size());
        for (int i = 0; i < request.size(); i++) {
            Optional<StatusRecord> record = request.serial(i).flatMap(shared.statuses()::find);
            findings.add(
                    record.isEmpty()
                            ? new Finding.Unassigned()
                            : Finding.of(record.get(), issuer.profile()));
        }
        return findings;
    }
}
