package org.precertocsp.responder.alert;

/// One message to a channel: an alert, and why it is sent now.
public record AlertNotification(Reason reason, Alert alert) {
    /// Why the message is sent.
    public enum Reason {
        RAISED,
        /// Nobody acknowledged it by its deadline; the alert's severity has been raised.
        ESCALATED,
        /// It is still open; only for channels whose recipient forgets alerts that are not
        /// repeated.
        STILL_OPEN,
        ACKNOWLEDGED,
        /// Its cause is gone.
        ENDED
    }
}
