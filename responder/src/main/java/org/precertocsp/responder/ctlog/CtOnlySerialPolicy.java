package org.precertocsp.responder.ctlog;

/// How to treat a serial that a log brings before any feed of the CA does (CT-20). It is an
/// incident in both cases.
public enum CtOnlySerialPolicy {
    /// It becomes assigned and is answered.
    ANSWER,
    /// It stays unassigned until a feed of the CA brings it.
    ALERT_ONLY
}
