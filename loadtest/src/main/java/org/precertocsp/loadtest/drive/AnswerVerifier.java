package org.precertocsp.loadtest.drive;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.loadtest.requests.RequestDescription;

/// Checks one answer completely. Called on one thread that is not the driver's.
@FunctionalInterface
public interface AnswerVerifier {
    /// @param answer the DER of the HTTP body
    /// @param received when the answer was received
    Optional<WrongAnswer> check(RequestDescription question, byte[] answer, Instant received);
}
