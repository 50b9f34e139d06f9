package org.precertocsp.responder.alert;

/// Records for auditors that an alert was raised, escalated, acknowledged or ended. Thread-safe.
@FunctionalInterface
public interface AlertAuditRecorder {
    /// Records nothing.
    AlertAuditRecorder NONE = _ -> {};

    /// Called before the notice takes effect. An exception prevents an acknowledgement, and nothing
    /// else: a person must be alerted in any case.
    void about(AlertNotification notice);
}
