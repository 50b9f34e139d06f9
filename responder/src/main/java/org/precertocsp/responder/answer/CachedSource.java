package org.precertocsp.responder.answer;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.responder.request.OcspQuery;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeEpochs.Mark;
import org.precertocsp.responder.status.SerialKey;

/// The first layer: answers from memory what it can, and lets requests that come together share
/// what the next layers make.
///
/// Keyed on the CertID, so that GET and POST share. Requests for several certificates, and those
/// whose nonce is to be repeated, are each answered for themselves.
public final class CachedSource implements ResponseSource {
    private final IssuerDirectory issuers;
    private final AnswerCache<?> cache;
    private final ChangeEpochs epochs;
    private final AnswerConfig config;
    private final ResponseSource next;
    private final SteadyClock clock;
    private final Flights flights;

    /// @param patience of requests that wait for another's signature
    public CachedSource(
            Shared shared, AnswerCache<?> cache, Duration patience, ResponseSource next) {
        this.issuers = shared.issuers();
        this.cache = cache;
        this.epochs = shared.epochs();
        this.config = shared.config();
        this.clock = shared.clock();
        this.flights = new Flights(patience, shared.config().retryAfter());
        this.next = next;
    }

    @Override
    public Answer answer(OcspQuery query, Instant arrival) {
        Optional<ServedIssuer> issuer = issuers.ofOnly(query);
        if (issuer.isEmpty() || config.repeatsNonce(query)) {
            return next.answer(query, arrival);
        }
        CertId certId = query.certIds().getFirst();
        SerialKey serial = new SerialKey(issuer.get().key(), certId.serial());
        return answer(CertIdBytes.of(certId), serial, query, arrival);
    }

    private Answer answer(CertIdBytes key, SerialKey serial, OcspQuery query, Instant arrival) {
        Answer kept = cache.find(key, clock.range());
        if (kept != null) {
            return kept;
        }
        while (true) {
            // Before the flight: one that took off earlier may carry what has been overtaken since,
            // and who joins it now asked after that change was acknowledged.
            Flights.Landed landed =
                    flights.share(key, epochs.mark(serial), () -> ask(key, serial, query, arrival));
            if (landed.mark().isCurrent() || !(landed.answer() instanceof Answer.Served)) {
                return landed.answer();
            }
        }
    }

    private Flights.Landed ask(
            CertIdBytes key, SerialKey serial, OcspQuery query, Instant arrival) {
        Mark mark = epochs.mark(serial);
        Answer answer = next.answer(query, arrival);
        if (answer instanceof Answer.Served served && mark.isCurrent()) {
            cache.put(key, served, mark);
        }
        return new Flights.Landed(answer, mark);
    }
}
