package org.precertocsp.responder.intake.certificate;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.MalformedDerException;

/// When a certificate's precertificate became public, according to the SCTs that it contains (RFC
/// 6962 §3.3).
final class SctTimestamps {
    /// Length of version and log ID, before an SCT's timestamp (RFC 6962 §3.2).
    private static final int BEFORE_TIMESTAMP = 33;

    private static final int TIMESTAMP = 8;

    private SctTimestamps() {}

    /// The earliest time of its SCTs, which are not verified: they only date it. Empty if it has
    /// none that can be read.
    static Optional<Instant> earliest(RawCertificate certificate) {
        try {
            Optional<RawExtension> list = certificate.extension(RawExtension.SCT_LIST);
            return list.isEmpty() ? Optional.empty() : earliest(list.get().value().onlyChild());
        } catch (MalformedDerException _) {
            // Malformed, so it has no date.
            return Optional.empty();
        }
    }

    private static Optional<Instant> earliest(DerElement inner) {
        long first = Long.MAX_VALUE;
        int end = inner.contentLength();
        int at = 2;
        while (at + 2 <= end) {
            int length = (int) number(inner, at, 2);
            at += 2;
            if (length < BEFORE_TIMESTAMP + TIMESTAMP || at + length > end) {
                return Optional.empty();
            }
            first = Math.min(first, number(inner, at + BEFORE_TIMESTAMP, TIMESTAMP));
            at += length;
        }
        return first < 0 || first == Long.MAX_VALUE
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(first));
    }

    private static long number(DerElement element, int at, int bytes) {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << 8 | element.contentAt(at + i);
        }
        return number;
    }
}
