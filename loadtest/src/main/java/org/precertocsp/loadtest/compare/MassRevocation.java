package org.precertocsp.loadtest.compare;

import java.time.Duration;

/// A CRL loaded into a running server that has answered `good` for its serials and still has those
/// answers cached.
///
/// @param revoked number of statuses changed
/// @param acknowledged duration of the command that loads the CRL: at its end everything is
///   durable, and no later answer may state otherwise
/// @param before requests for some serials, all good and cached from then on
/// @param after requests for the same serials at once, every answer checked completely: one stale
///   `good` is a wrong answer
/// @param everywhere requests for serials of the whole range, a part of the answers checked
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
