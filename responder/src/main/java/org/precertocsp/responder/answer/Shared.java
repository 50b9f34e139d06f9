package org.precertocsp.responder.answer;

import java.time.InstantSource;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.StatusReader;

/// What every layer of the chain answers by.
///
/// @param statuses who is asked before anything is said
/// @param epochs of the same store
/// @param clock throws [ClockFailure] where the time cannot be trusted
public record Shared(
        IssuerDirectory issuers,
        StatusReader statuses,
        ChangeEpochs epochs,
        AnswerConfig config,
        InstantSource clock) {}
