package org.precertocsp.responder.answer;

/// What answers requests: [AnswerService], or something around it. Thread-safe. May block on store
/// and key, so never called on an event loop.
@FunctionalInterface
public interface ResponseSource {
    Answer answer(ResolvedRequest request);
}
