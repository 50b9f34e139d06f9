package org.precertocsp.responder.audit;

import java.time.Duration;
import java.time.Instant;
import org.precertocsp.ocsp.IssuerKey;

/// The facts of one issuer that retention depends on.
///
/// @param end of its last certificate: none it issued is good for longer
/// @param pastExpiry how long its revocations are answered for after a certificate's end (RT-05);
///   zero where nothing demands it
public record IssuerRetention(String name, IssuerKey key, Instant end, Duration pastExpiry) {}
