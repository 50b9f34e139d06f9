package org.precertocsp.responder.answer;

import java.util.Optional;
import org.precertocsp.responder.status.StatusRecord;

/// Whether a node whose statuses come from others knows that they are current. Thread-safe, never
/// blocks.
public interface AnswerLease {
    /// True while the store of this node is current enough to answer anything. Called after the
    /// request was received and before a status is read.
    boolean isValid();

    /// True of a status that may have become wrong since this node last heard of changes.
    ///
    /// @param status empty if the serial is unassigned
    boolean isNeeded(Optional<StatusRecord> status);
}
