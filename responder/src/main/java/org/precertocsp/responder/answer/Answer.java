package org.precertocsp.responder.answer;

import java.time.Duration;
import java.time.Instant;
import org.precertocsp.signer.SignedResponse;

/// The result of a request. Only `Served` and `ServedOnce` carry a signature.
public sealed interface Answer {
    /// Every CertID answered from authoritative records; may be cached until it is renewed.
    ///
    /// @param renewal when a newer response will be available: before nextUpdate by TF-04 to TF-08
    /// @param hints additional instructions to caches
    record Served(SignedResponse response, Instant renewal, CacheHints hints) implements Answer {
        /// Without additional instructions to caches.
        public Served(SignedResponse response, Instant renewal) {
            this(response, renewal, CacheHints.NONE);
        }
    }

    /// Signed, but for a single request: it says `unknown` of a serial, or repeats a nonce.
    ///
    /// @param authoritative false if it says `unknown` of a serial: caches are then instructed not
    ///   to keep it, which is forbidden for an authoritative answer (HT-13, HT-14)
    record ServedOnce(SignedResponse response, boolean authoritative) implements Answer {}

    /// No authoritative record: unknown issuer, mixed hashes, unassigned serial (SA-05, CI-09).
    record NotOurs(String why) implements Answer {}

    /// Temporarily unavailable: announced serial, full queue, key or token unavailable.
    record Busy(Duration retryAfter, String why) implements Answer {}

    /// The store or the clock failed; says nothing about the certificate (invariant 3).
    record Failed(String why) implements Answer {}
}
