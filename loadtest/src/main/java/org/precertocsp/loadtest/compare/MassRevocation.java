package org.precertocsp.loadtest.compare;

import java.time.Duration;

/// A CRL loaded into a running server that has answered `good` for its serials and still has those
/// answers, in memory and on disk.
///
/// @param revoked number of statuses changed
/// @param acknowledged duration of the command that loads the CRL: at its end everything is
///   durable, and no later answer may state otherwise
/// @param resigned from the start of that command until every stored response is signed again
/// @param before requests for some serials, all good and cached from then on
/// @param during requests for serials of the whole range at a low rate while the CRL was loaded:
///   the part with the slowest answers
/// @param after requests for the first serials at once, every answer checked completely: one stale
///   `good` is a wrong answer
/// @param everywhere requests for serials of the whole range, a part of the answers checked
public record MassRevocation(
        long revoked,
        Duration acknowledged,
        Duration resigned,
        Measurement before,
        Measurement during,
        Measurement after,
        Measurement everywhere) {
    boolean isVoid() {
        return before.isVoid() || during.isVoid() || after.isVoid() || everywhere.isVoid();
    }
}
