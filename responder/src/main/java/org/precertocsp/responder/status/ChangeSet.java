package org.precertocsp.responder.status;

import java.util.Optional;

/// Changes of one feed, invisible until committed. Not thread-safe; used by the thread that began
/// it.
public interface ChangeSet extends AutoCloseable {
    /// Judges one change by [ChangeRules] against the store and the changes before it in this set.
    ///
    /// @throws StoreFailure the store could not be read
    /// @throws TooManyChanges the set is full; it can only be closed
    ChangeOutcome apply(StatusChange change);

    /// The newest CRL of the scope, this set's included.
    Optional<CrlHead> crlHead(CrlScope scope);

    void putCrlHead(CrlScope scope, CrlHead head);

    /// Makes all changes visible and durable: returns after the write-ahead log is on disk.
    ///
    /// @throws StoreFailure nothing took effect, or the set is found whole when the store next
    ///   opens
    void commit();

    /// Forgets everything unless committed.
    @Override
    void close();
}
