package org.precertocsp.responder.alert;

/// One way to people. Called by one thread of its own, so it may take its time.
public interface AlertChannel extends AutoCloseable {
    /// As configured; `log` is the log's.
    String name();

    /// Returns once the other side has taken the notice.
    ///
    /// @throws AlertDeliveryException it has not; to be tried again
    void deliver(AlertNotification notice) throws AlertDeliveryException, InterruptedException;

    /// True if the other side forgets an alert that is not repeated every minute.
    default boolean forgets() {
        return false;
    }

    @Override
    default void close() {}
}
