package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;

/// The decision of [ChangeRules] on one change.
///
/// @param record the record from now on; the same as before if nothing changed
/// @param findings to be stored with it
public record ChangeDecision(
        ChangeOutcome outcome, Optional<StatusRecord> record, List<ChangeEffect> findings) {
    public ChangeDecision {
        findings = List.copyOf(findings);
    }

    static ChangeDecision unchanged(CurrentState known) {
        return new ChangeDecision(new ChangeOutcome.Unchanged(), known.record(), List.of());
    }

    static ChangeDecision refused(CurrentState known, String why) {
        return new ChangeDecision(new ChangeOutcome.Refused(why), known.record(), List.of());
    }

    static ChangeDecision of(ChangeOutcome outcome, StatusRecord record, ChangeEffect... findings) {
        return new ChangeDecision(outcome, Optional.of(record), List.of(findings));
    }
}
