package org.precertocsp.responder.answer;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.signer.SignedResponse;
import org.precertocsp.signer.SingleAnswer;

/// The layer on disk: responses signed before, put together again.
///
/// One is served while the status in it is the one recorded now (invariant 4) and its renewal is
/// not due (invariant 5). What is signed for a client is stored, where the issuer's responses are.
final class StoredAnswers {
    private final ResponseStore responses;

    StoredAnswers(ResponseStore responses) {
        this.responses = responses;
    }

    /// @param status recorded now
    /// @throws org.precertocsp.responder.status.StoreFailure the store could not say
    Optional<Answer.Served> find(
            ResponseKey key,
            CertStatus status,
            SteadyClock.TimeRange now,
            CacheHints.Policy caching) {
        return responses
                .find(key)
                .filter(kept -> kept.status().equals(status))
                .filter(kept -> now.isIn(kept.window()))
                .filter(kept -> now.earliest().isBefore(RenewalDeadline.of(kept.window())))
                .map(kept -> assemble(kept, caching.of(key.serial().serial())));
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

    /// @param status what the answer says
    void keep(ResponseKey key, CertStatus status, Answer answer) {
        if (answer instanceof Answer.Served(SignedResponse response, Instant _, CacheHints _)
                && response.essence().isPresent()) {
            responses.keep(
                    new KeptResponse(key, status, response.window(), response.essence().get()));
        }
    }
}
