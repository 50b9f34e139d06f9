package org.precertocsp.responder.answer;

import java.util.List;

/// Answers requests: [AnswerService], or a wrapper around it. Thread-safe. May block on store and
/// key, so it is never called on an event loop.
@FunctionalInterface
public interface ResponseSource {
    Answer answer(ResolvedRequest request);

    /// Reads for several requests what their answers need, in less time than for each of them.
    /// Optional; each is to be [answered][#answer] right afterwards.
    default void readAhead(List<ResolvedRequest> requests) {}
}
