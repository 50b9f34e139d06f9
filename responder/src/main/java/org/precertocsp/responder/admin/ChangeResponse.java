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
public record ChangeResponse(
        String outcome,
        String issuer,
        String serial,
        String state,
        Optional<String> what,
        List<String> warnings) {
    public ChangeResponse {
        warnings = List.copyOf(warnings);
    }
}
