package org.precertocsp.responder.answer;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.responder.request.OcspQuery;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeEpochs.Mark;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SingleAnswer;

/// The second layer: a response signed before and kept on disk, put together again.
///
/// It is served while the status it states is the one recorded now (invariant 4) and its renewal is
/// not due (invariant 5). What the next layer signs is kept, where the issuer's responses are.
public final class StoredSource implements ResponseSource {
    private final IssuerDirectory issuers;
    private final StatusLookup lookup;
    private final ChangeEpochs epochs;
    private final AnswerConfig config;
    private final SteadyClock clock;
    private final ResponseStore responses;
    private final Consumer<ResponseKey> asked;
    private final ResponseSource next;

    /// @param asked told what is asked for here: memory holds no answer past its renewal, so what
    ///   is asked for at all comes by in the life of each response
    public StoredSource(
            Shared shared,
            ResponseStore responses,
            Consumer<ResponseKey> asked,
            ResponseSource next) {
        this.issuers = shared.issuers();
        this.lookup = new StatusLookup(shared.issuers(), shared.statuses());
        this.epochs = shared.epochs();
        this.config = shared.config();
        this.clock = shared.clock();
        this.responses = responses;
        this.asked = asked;
        this.next = next;
    }

    @Override
    public Answer answer(OcspQuery query, Instant arrival) {
        Optional<ServedIssuer> issuer =
                issuers.ofOnly(query).filter(served -> served.presign() != Presign.NONE);
        if (issuer.isEmpty() || config.repeatsNonce(query)) {
            return next.answer(query, arrival);
        }
        try {
            return answer(query, issuer.get(), arrival);
        } catch (StoreFailure e) {
            return new Answer.Failed(String.valueOf(e.getMessage()));
        }
    }

    private Answer answer(OcspQuery query, ServedIssuer issuer, Instant arrival) {
        CertId certId = query.certIds().getFirst();
        SerialKey serial = new SerialKey(issuer.key(), certId.serial());
        ResponseKey key = new ResponseKey(serial, certId.hashAlgorithm(), certId.parameters());
        asked.accept(key);
        while (true) {
            Mark mark = epochs.mark(serial);
            if (!(lookup.find(certId) instanceof Finding.Known(CertStatus status))) {
                return next.answer(query, arrival);
            }
            Optional<Answer.Served> kept = kept(key, status, issuer.caching().of(certId.serial()));
            if (kept.isEmpty()) {
                Answer answer = next.answer(query, arrival);
                keep(key, status, answer, mark);
                return answer;
            }
            if (mark.isCurrent()) {
                return kept.get();
            }
        }
    }

    private Optional<Answer.Served> kept(ResponseKey key, CertStatus status, CacheHints hints) {
        SteadyClock.TimeRange now = clock.range();
        return responses
                .find(key)
                .filter(kept -> kept.status().equals(status))
                .filter(kept -> now.isIn(kept.window()))
                .filter(kept -> now.earliest().isBefore(RenewalDeadline.of(kept.window())))
                .map(kept -> assemble(kept, hints));
    }

    private static Answer.Served assemble(KeptResponse kept, CacheHints hints) {
        SignedResponse response =
                kept.essence()
                        .template()
                        .assemble(
                                new SingleAnswer(kept.key().certId(), kept.status()),
                                kept.window(),
                                kept.essence().signature());
        return new Answer.Served(response, RenewalDeadline.of(kept.window()), hints);
    }

    /// The status read after the mark is the one signed only if nothing changed in between.
    private void keep(ResponseKey key, CertStatus status, Answer answer, Mark mark) {
        if (answer instanceof Answer.Served(SignedResponse response, Instant _, CacheHints _)
                && response.essence().isPresent()
                && mark.isCurrent()) {
            responses.keep(
                    new KeptResponse(key, status, response.window(), response.essence().get()));
        }
    }
}
