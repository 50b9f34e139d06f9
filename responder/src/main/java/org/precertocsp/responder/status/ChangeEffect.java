package org.precertocsp.responder.status;

import java.util.Optional;

/// An effect of a change beside the status record. The store adds the [ChangeSource].
public sealed interface ChangeEffect {
    /// New evidence: a document or list with the serial.
    record Carried(AssignedBy by, Optional<CertificateFingerprint> commitment)
            implements ChangeEffect {}

    /// A line of history. It includes the former state if that is replaced.
    record Happened(String what) implements ChangeEffect {}

    /// A document that contradicts the evidence.
    record Disputed(String why, CertificateFingerprint commitment) implements ChangeEffect {}
}
