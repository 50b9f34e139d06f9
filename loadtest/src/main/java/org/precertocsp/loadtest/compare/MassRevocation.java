package org.precertocsp.loadtest.compare;

import java.time.Duration;

/// A CRL loaded into a running server that has answered `good` for its serials and still has those
/// answers cached.
///
/// @param revoked statuses it changed
/// @param acknowledged from the start of the command that gives it to its end: all is durable, and
///   no later answer may say otherwise
/// @param before requests for some serials, all good and cached from then on
/// @param after asked about the same serials at once, every answer checked completely: one stale
///   `good` is a wrong answer
/// @param everywhere asked about serials all over, a part of the answers checked
public record MassRevocation(
        long revoked,
        Duration acknowledged,
        Measurement before,
        Measurement after,
        Measurement everywhere) {
    boolean isVoid() {
        return before.isVoid() || after.isVoid() || everywhere.isVoid();
    }
}
