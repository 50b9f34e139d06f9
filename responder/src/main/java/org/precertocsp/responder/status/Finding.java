package org.precertocsp.responder.status;

import java.util.Optional;

/// An effect of a change beside the status record. The store adds the [FeedSource].
public sealed interface Finding {
    /// New evidence: something carries the serial.
    record Carried(AssignedBy by, Optional<Commitment> commitment) implements Finding {}

    /// A line of history. It tells the former state where it is replaced.
    record Happened(String what) implements Finding {}

    /// A document that does not agree with the evidence.
    record Disputed(String why, Commitment commitment) implements Finding {}
}
