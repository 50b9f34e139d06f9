package org.precertocsp.responder.alert;

/// One message to a channel: an alert, and why it is sent now.
public record AlertNotification(Reason reason, Alert alert) {
    /// Why now.
    public enum Reason {
        RAISED,
        /// Nobody acknowledged it by its deadline; the alert's severity has been raised.
        ESCALATED,
        /// It is still open; only for channels that forget what is not repeated.
        STILL_OPEN,
        ACKNOWLEDGED,
        /// Its cause is gone.
        ENDED
    }
}
