package org.precertocsp.responder.status;

import java.time.Instant;

/// The replies that change sets store for repeated requests. Thread-safe; may block on disk.
@FunctionalInterface
public interface IdempotencyRecords {
    /// Deletes those that have expired.
    ///
    /// @throws StoreException they could not be deleted
    void forget(Instant now);
}
