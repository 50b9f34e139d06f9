package org.precertocsp.responder.status;

/// The outcome of one [StatusChange].
public sealed interface ChangeOutcome {
    /// The serial was unassigned and now has a record.
    record Added() implements ChangeOutcome {}

    /// The record changed; the former state is in the history.
    ///
    /// @param what in a few words, such as `revoked: keyCompromise` or `reason 4 → 1`
    /// @param firstAssigned whether the serial was only announced, and can be answered from now on
    record Changed(String what, boolean firstAssigned) implements ChangeOutcome {
        /// A change of a serial that was assigned, or announced, before and still is.
        public Changed(String what) {
            this(what, false);
        }

        /// Whether a CA certificate is revoked without the required reason (SA-09, CR-07).
        public boolean caWithoutReason() {
            return what.endsWith(RevokeRules.CA_WITHOUT_REASON);
        }
    }

    /// The change contains no new information.
    ///
    /// @param staysRevoked whether it was an assignment of a serial that is revoked
    record Unchanged(boolean staysRevoked) implements ChangeOutcome {
        /// As for any change but an assignment of a revoked serial.
        public Unchanged() {
            this(false);
        }
    }

    /// Added, but unusual: a revocation for a serial that was not announced.
    record AddedByRevocation() implements ChangeOutcome {}

    /// Two documents have the same serial (SS-11 to SS-13). The conflict is stored beside the
    /// record, which is unchanged.
    record Conflict(String why) implements ChangeOutcome {}

    /// The change would violate an invariant, so nothing changed.
    record Refused(String why) implements ChangeOutcome {}
}
