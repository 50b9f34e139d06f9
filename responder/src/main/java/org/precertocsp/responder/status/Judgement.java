package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;

/// The decision of [ChangeRules] on one change.
///
/// @param record what the store holds from now on; the same as before where nothing changed
/// @param findings to be stored with it
public record Judgement(
        ChangeOutcome outcome, Optional<StatusRecord> record, List<Finding> findings) {
    public Judgement {
        findings = List.copyOf(findings);
    }

    static Judgement unchanged(Known known) {
        return new Judgement(new ChangeOutcome.Unchanged(), known.record(), List.of());
    }

    static Judgement refused(Known known, String why) {
        return new Judgement(new ChangeOutcome.Refused(why), known.record(), List.of());
    }

    static Judgement of(ChangeOutcome outcome, StatusRecord record, Finding... findings) {
        return new Judgement(outcome, Optional.of(record), List.of(findings));
    }
}
