package org.precertocsp.responder.admin;

import java.util.List;
import java.util.Optional;

/// The response to one request: its change is durable and in every answer from now on. Its JSON has
/// these fields.
///
/// @param outcome `added`, `changed` or `unchanged`
/// @param issuer its name in the configuration
/// @param serial hexadecimal
/// @param state `unassigned`, `announced`, `good` or `revoked`
/// @param what changed, in a few words, as in the history
/// @param warnings what an operator should look at
/// @param sequence the number in a cluster of this change or a later one; absent on a single node
/// @param effective whether every node of the cluster answers with it; absent on a single node
public record ChangeResponse(
        String outcome,
        String issuer,
        String serial,
        String state,
        Optional<String> what,
        List<String> warnings,
        Optional<Long> sequence,
        Optional<Boolean> effective) {
    public ChangeResponse {
        warnings = List.copyOf(warnings);
    }

    /// Of a single node.
    public ChangeResponse(
            String outcome,
            String issuer,
            String serial,
            String state,
            Optional<String> what,
            List<String> warnings) {
        this(outcome, issuer, serial, state, what, warnings, Optional.empty(), Optional.empty());
    }

    ChangeResponse of(long number, boolean everywhere) {
        return new ChangeResponse(
                outcome,
                issuer,
                serial,
                state,
                what,
                warnings,
                Optional.of(number),
                Optional.of(everywhere));
    }
}
