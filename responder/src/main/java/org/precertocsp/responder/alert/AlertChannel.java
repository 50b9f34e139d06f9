package org.precertocsp.responder.alert;

/// A way to notify people. Called by one thread of its own, so it may block.
public interface AlertChannel extends AutoCloseable {
    /// The configured name; `log` is that of the log.
    String name();

    /// Delivers a notice, and returns once the recipient has accepted it.
    ///
    /// @throws AlertDeliveryException the recipient has not accepted it; try again
    void deliver(AlertNotification notice) throws AlertDeliveryException, InterruptedException;

    /// True if the recipient forgets an alert that is not repeated every minute.
    default boolean forgets() {
        return false;
    }

    @Override
    default void close() {}
}
