package org.precertocsp.responder.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// One fact a feed brings about one serial. Facts are idempotent: brought twice, they change once.
public sealed interface StatusChange {
    SerialKey key();

    /// The serial is chosen; a precertificate will follow.
    record Announce(SerialKey key, Instant at) implements StatusChange {}

    /// An announced serial will not be used. Never unassigns an assigned one.
    record CancelAnnouncement(SerialKey key) implements StatusChange {}

    /// A precertificate, certificate or issuance list carries the serial.
    ///
    /// @param by never REVOCATION, which is what [Revoke] does to an unassigned serial
    /// @param notAfter whole seconds UTC
    /// @param commitment absent where only a list names the serial
    /// @param seen where in its source the document stands, in a few words for the history of the
    ///   serial; told only if the document is new
    /// @param ca whether the document is the certificate of a CA
    /// @param published when the world could know of it at the latest, where a log's timestamp or
    ///   an SCT tells; measured by (SA-01), not stored
    record Assign(
            SerialKey key,
            AssignedBy by,
            Optional<Instant> notAfter,
            Optional<CertificateFingerprint> commitment,
            Optional<String> seen,
            Optional<Instant> published,
            boolean ca)
            implements StatusChange {
        /// An assignment whose source says enough.
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

        /// The same, seen in a place worth telling.
        public Assign seenAt(String place) {
            return new Assign(key, by, notAfter, commitment, Optional.of(place), published, ca);
        }

        /// The same, public since then.
        public Assign publishedAt(Instant at) {
            return new Assign(key, by, notAfter, commitment, seen, Optional.of(at), ca);
        }

        /// The same of a certificate that is, or is not, a CA's.
        public Assign ofCa(boolean isCa) {
            return new Assign(key, by, notAfter, commitment, seen, published, isCa);
        }
    }

    /// The certificate is revoked; for a revoked one, date or reason are amended (CR-11 to CR-13).
    ///
    /// @param notAfter whole seconds UTC
    /// @param dateAssumed whether the source gave no date that can be used, so that the
    ///   revocation's stands in for it: it never replaces a date recorded before
    record Revoke(
            SerialKey key, Revocation revocation, Optional<Instant> notAfter, boolean dateAssumed)
            implements StatusChange {
        /// A revocation whose source gave its date.
        public Revoke(SerialKey key, Revocation revocation, Optional<Instant> notAfter) {
            this(key, revocation, notAfter, false);
        }

        /// The same of another serial, or of the same under another key.
        public Revoke of(SerialKey other) {
            return new Revoke(other, revocation, notAfter, dateAssumed);
        }

        public Revoke {
            notAfter = notAfter.map(date -> date.truncatedTo(ChronoUnit.SECONDS));
        }
    }
}
