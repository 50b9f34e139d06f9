package org.precertocsp.responder.status;

import java.time.Instant;

/// The replies that change sets keep for repeated requests. Thread-safe; may block on disk.
@FunctionalInterface
public interface IdempotencyRecords {
    /// Forgets those that need not be kept any longer.
    ///
    /// @throws StoreException they could not be deleted
    void forget(Instant now);
}
