package org.precertocsp.responder.status;

/// The outcome of one [StatusChange].
public sealed interface ChangeOutcome {
    /// The serial was unassigned and now has a record.
    record Added() implements ChangeOutcome {}

    /// The record changed; the former state is in the history.
    ///
    /// @param what in a few words, such as `revoked: keyCompromise` or `reason 4 → 1`
    /// @param firstAssigned whether the serial was announced only, and can be answered from now on
    record Changed(String what, boolean firstAssigned) implements ChangeOutcome {
        /// A change of what was assigned, or announced, before and still is.
        public Changed(String what) {
            this(what, false);
        }

        /// Whether a CA certificate is revoked without the reason it must have (SA-09, CR-07).
        public boolean caWithoutReason() {
            return what.endsWith(RevokeRules.CA_WITHOUT_REASON);
        }
    }

    /// Everything the change says was known already.
    ///
    /// @param staysRevoked whether it was an assignment of a serial that is revoked
    record Unchanged(boolean staysRevoked) implements ChangeOutcome {
        /// As for any change but an assignment of a revoked serial.
        public Unchanged() {
            this(false);
        }
    }

    /// Added, and worth a look: a revocation for a serial nobody announced.
    record AddedByRevocation() implements ChangeOutcome {}

    /// Two documents claim one serial (SS-11 to SS-13). The conflict is stored beside the record,
    /// which stays as it was.
    record Conflict(String why) implements ChangeOutcome {}

    /// The change would break an invariant, so nothing changed.
    record Refused(String why) implements ChangeOutcome {}
}
