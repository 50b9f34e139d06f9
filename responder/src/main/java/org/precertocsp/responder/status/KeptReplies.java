package org.precertocsp.responder.status;

import java.time.Instant;

/// The replies that change sets keep for repeated requests. Thread-safe; may block on disk.
@FunctionalInterface
public interface KeptReplies {
    /// Forgets those that need not be kept any longer.
    ///
    /// @throws StoreFailure they could not be deleted
    void forget(Instant now);
}
