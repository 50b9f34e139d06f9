package org.precertocsp.loadtest.drive;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.loadtest.requests.Question;

/// Checks one answer completely. Called on one thread that is not the driver's.
@FunctionalInterface
public interface AnswerCheck {
    /// @param answer the DER of the HTTP body
    /// @param received when the answer came
    Optional<WrongAnswer> check(Question question, byte[] answer, Instant received);
}
