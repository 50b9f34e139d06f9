package org.precertocsp.responder.answer;

import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.StatusReader;

/// What every layer of the chain answers by.
///
/// @param statuses who is asked before anything is said
/// @param epochs of the same store
/// @param clock what time it may be
public record AnswerContext(
        IssuerDirectory issuers,
        StatusReader statuses,
        ChangeEpochs epochs,
        AnswerConfig config,
        MonotonicClock clock) {}
