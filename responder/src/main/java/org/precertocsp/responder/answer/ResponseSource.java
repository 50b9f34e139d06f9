package org.precertocsp.responder.answer;

import java.time.Instant;
import org.precertocsp.responder.request.OcspQuery;

/// One link of the answer chain. Thread-safe. May block on store and key, so never called on an
/// event loop.
@FunctionalInterface
public interface ResponseSource {
    /// @param arrival when the request came in: deadlines count from here
    Answer answer(OcspQuery query, Instant arrival);
}
