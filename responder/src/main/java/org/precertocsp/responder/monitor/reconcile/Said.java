package org.precertocsp.responder.monitor.reconcile;

import org.precertocsp.responder.monitor.response.SingleReading;

/// What an endpoint said about one serial.
public sealed interface Said {
    /// Good or revoked, signed by somebody who may, and not out of date.
    record Definitive(SingleReading single) implements Said {}

    /// It answered, though not definitively: a serial it does not know is told of so.
    record Denied(String what) implements Said {}

    /// Nothing that can be used came: no connection, an error, a signature that is wrong.
    record Failed(String why) implements Said {}

    /// It was not asked.
    ///
    /// @param lost since nobody answers any more; otherwise nobody needs to
    record NotAsked(String why, boolean lost) implements Said {}
}
