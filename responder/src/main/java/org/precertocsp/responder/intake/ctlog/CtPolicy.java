package org.precertocsp.responder.intake.ctlog;

/// What becomes of a serial that a log brings before any feed of the CA's own does (CT-20). It is
/// an incident either way.
public enum CtPolicy {
    /// It becomes assigned, so that it is answered.
    ANSWER,
    /// It stays unassigned until a feed of the CA's own brings it.
    ALERT_ONLY
}
