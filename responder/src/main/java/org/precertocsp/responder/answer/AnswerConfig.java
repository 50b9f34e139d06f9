package org.precertocsp.responder.answer;

import java.time.Duration;
import java.util.Optional;
import org.precertocsp.ocsp.Nonce;

/// Policies for answers.
///
/// @param nonces how a client's nonce is treated
/// @param unassigned the answer for an unassigned serial; never `good` (SS-04)
/// @param retryAfter sent with tryLater
/// @param cacheBytes heap for answers in memory, estimated; 0 keeps none
public record AnswerConfig(
        Nonces nonces, Unassigned unassigned, Duration retryAfter, long cacheBytes) {
    public enum Nonces {
        /// Answer as if there were none (NO-06).
        IGNORE,
        /// Repeat 16 to 32 bytes (NO-02), which makes the answer uncacheable.
        ECHO
    }

    public enum Unassigned {
        /// Unsigned `unauthorized`: the responder has no authoritative record (SA-05).
        UNAUTHORIZED,
        /// Signed `unknown` (SA-06).
        UNKNOWN
    }

    /// True if the answer will carry a nonce, and so is usable for a single request only.
    boolean repeatsNonce(Optional<Nonce> requested) {
        return nonces == Nonces.ECHO && requested.filter(Nonce::isEchoable).isPresent();
    }
}
