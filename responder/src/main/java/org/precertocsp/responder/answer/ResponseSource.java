package org.precertocsp.responder.answer;

/// Answers requests: [AnswerService], or a wrapper around it. Thread-safe. May block on store and
/// key, so it is never called on an event loop.
@FunctionalInterface
public interface ResponseSource {
    Answer answer(ResolvedRequest request);
}
