package org.precertocsp.responder.audit;

import java.time.Duration;
import java.time.Instant;
import org.precertocsp.ocsp.IssuerKey;

/// The facts of one issuer that retention depends on.
///
/// @param end notAfter of its last certificate: none that it issued is valid for longer
/// @param pastExpiry how long its revocations are answered after a certificate's notAfter (RT-05);
///   zero if nothing requires it
public record IssuerRetention(String name, IssuerKey key, Instant end, Duration pastExpiry) {}
