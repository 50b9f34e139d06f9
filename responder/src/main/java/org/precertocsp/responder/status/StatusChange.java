package org.precertocsp.responder.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// One statement of a feed about one serial. Statements are idempotent: a repeated one changes
/// nothing.
public sealed interface StatusChange {
    SerialKey key();

    /// The serial is chosen; a precertificate will follow.
    record Announce(SerialKey key, Instant at) implements StatusChange {}

    /// An announced serial will not be used. Never unassigns an assigned one.
    record CancelAnnouncement(SerialKey key) implements StatusChange {}

    /// A precertificate, certificate or issuance list contains the serial.
    ///
    /// @param by never REVOCATION, which is the effect of [Revoke] on an unassigned serial
    /// @param notAfter whole seconds UTC
    /// @param commitment absent if only a list contains the serial
    /// @param seen position of the document in its source, in a few words for the history of the
    ///   serial; recorded only if the document is new
    /// @param ca whether the document is the certificate of a CA
    /// @param published the latest time at which it became public, if a log's timestamp or an SCT
    ///   states it; used for measurement (SA-01), not stored
    record Assign(
            SerialKey key,
            AssignedBy by,
            Optional<Instant> notAfter,
            Optional<CertificateFingerprint> commitment,
            Optional<String> seen,
            Optional<Instant> published,
            boolean ca)
            implements StatusChange {
        /// An assignment without further details.
        public Assign(
                SerialKey key,
                AssignedBy by,
                Optional<Instant> notAfter,
                Optional<CertificateFingerprint> commitment) {
            this(key, by, notAfter, commitment, Optional.empty(), Optional.empty(), false);
        }

        public Assign {
            if (by == AssignedBy.REVOCATION) {
                throw new IllegalArgumentException("a revocation assigns through Revoke");
            }
            notAfter = notAfter.map(date -> date.truncatedTo(ChronoUnit.SECONDS));
        }

        /// The same, with its position in the source.
        public Assign seenAt(String place) {
            return new Assign(key, by, notAfter, commitment, Optional.of(place), published, ca);
        }

        /// The same, public since then.
        public Assign publishedAt(Instant at) {
            return new Assign(key, by, notAfter, commitment, seen, Optional.of(at), ca);
        }

        /// The same, with whether the certificate is a CA's.
        public Assign ofCa(boolean isCa) {
            return new Assign(key, by, notAfter, commitment, seen, published, isCa);
        }
    }

    /// The certificate is revoked; if it is revoked already, date or reason are amended (CR-11 to
    /// CR-13).
    ///
    /// @param notAfter whole seconds UTC
    /// @param dateAssumed whether the source had no usable date, so that the revocation's is a
    ///   replacement: it never overrides a recorded date
    record Revoke(
            SerialKey key, Revocation revocation, Optional<Instant> notAfter, boolean dateAssumed)
            implements StatusChange {
        /// A revocation whose source includes its date.
        public Revoke(SerialKey key, Revocation revocation, Optional<Instant> notAfter) {
            this(key, revocation, notAfter, false);
        }

        /// The same for another serial, or for the same under another key.
        public Revoke of(SerialKey other) {
            return new Revoke(other, revocation, notAfter, dateAssumed);
        }

        public Revoke {
            notAfter = notAfter.map(date -> date.truncatedTo(ChronoUnit.SECONDS));
        }
    }
}
