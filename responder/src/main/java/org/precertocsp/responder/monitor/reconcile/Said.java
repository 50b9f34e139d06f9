package org.precertocsp.responder.monitor.reconcile;

import org.precertocsp.responder.monitor.response.SingleReading;

/// An endpoint's answer for one serial.
public sealed interface Said {
    /// Good or revoked, signed by an authorised key, and current.
    record Definitive(SingleReading single) implements Said {}

    /// Answered, but not definitively, as for a serial it does not know.
    record Denied(String what) implements Said {}

    /// No usable answer: no connection, an error, a wrong signature.
    record Failed(String why) implements Said {}

    /// Not requested.
    ///
    /// @param lost true if the endpoint no longer answers; otherwise no answer is needed
    record NotAsked(String why, boolean lost) implements Said {}
}
