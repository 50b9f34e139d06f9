package org.precertocsp.responder.answer;

import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.StatusReader;

/// Shared by all layers of the answer service.
///
/// @param statuses read before every answer
/// @param epochs of the same store
/// @param clock the current time, or its possible range
public record AnswerContext(
        IssuerDirectory issuers,
        StatusReader statuses,
        ChangeEpochs epochs,
        AnswerConfig config,
        MonotonicClock clock) {}
