package org.precertocsp.responder.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// The record of one serial in the store; no record means unassigned (SS-03).
public sealed interface StatusRecord {
    /// Chosen for a precertificate that is not yet signed: neither good nor unassigned.
    ///
    /// @param at whole seconds UTC
    record Announced(Instant at) implements StatusRecord {
        public Announced {
            at = at.truncatedTo(ChronoUnit.SECONDS);
        }
    }

    /// Contained in a precertificate or certificate; never deleted while clients may request it.
    ///
    /// @param notAfter expiry of the certificate, if a feed stated it; whole seconds UTC
    /// @param revocation empty while good
    /// @param ca whether a document showed that it is the certificate of a CA
    record Assigned(
            AssignedBy by, Optional<Instant> notAfter, Optional<Revocation> revocation, boolean ca)
            implements StatusRecord {
        /// A certificate that no document has shown to be a CA's.
        public Assigned(
                AssignedBy by, Optional<Instant> notAfter, Optional<Revocation> revocation) {
            this(by, notAfter, revocation, false);
        }

        public Assigned {
            notAfter = notAfter.map(date -> date.truncatedTo(ChronoUnit.SECONDS));
        }
    }
}
