package org.precertocsp.responder.status;

import java.util.Optional;

/// Reads status. Thread-safe; may block on disk.
public interface StatusReader {
    /// What is recorded; empty means unassigned.
    ///
    /// @throws StoreFailure the store could not say; never to be taken for unassigned (invariant 3)
    Optional<StatusRecord> find(SerialKey key);

    /// @throws StoreFailure as [#find]
    Dossier dossier(SerialKey key);
}
