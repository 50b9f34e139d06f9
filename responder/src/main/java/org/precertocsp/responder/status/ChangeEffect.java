package org.precertocsp.responder.status;

import java.util.Optional;

/// An effect of a change beside the status record. The store adds the [ChangeSource].
public sealed interface ChangeEffect {
    /// New evidence: something carries the serial.
    record Carried(AssignedBy by, Optional<CertificateFingerprint> commitment)
            implements ChangeEffect {}

    /// A line of history. It tells the former state where it is replaced.
    record Happened(String what) implements ChangeEffect {}

    /// A document that does not agree with the evidence.
    record Disputed(String why, CertificateFingerprint commitment) implements ChangeEffect {}
}
