package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;

/// Changes of one feed or API request, invisible until committed. Not thread-safe; used by the
/// thread that began it.
public interface ChangeSet extends AutoCloseable {
    /// Decides each change by [ChangeRules], against the store and the changes before it in this
    /// set. A store may read the records for all of them together.
    ///
    /// @return one outcome for each change
    /// @throws StoreException the store could not be read
    /// @throws TooManyChangesException the set is full; it can only be closed
    List<ChangeOutcome> applyAll(List<StatusChange> changes);

    /// As [#applyAll] for one change.
    default ChangeOutcome apply(StatusChange change) {
        return applyAll(List.of(change)).getFirst();
    }

    /// The number of changes that [#applyAll] handles most efficiently at once.
    default int lookahead() {
        return 1;
    }

    /// The record of a serial, including this set's changes; empty means unassigned.
    ///
    /// @throws StoreException as [StatusReader#find]
    Optional<StatusRecord> find(SerialKey key);

    /// The value stored under a key beside statuses, including this set's changes.
    ///
    /// @throws StoreException the store could not be read
    <V> Optional<V> get(StateKey<V> key);

    /// Stores a value beside statuses, which takes effect together with the changes of this set.
    <V> void put(StateKey<V> key, V value);

    /// Deletes the value stored under a key, together with the changes of this set; statuses are
    /// unchanged.
    void remove(StateKey<?> key);

    /// Makes all changes visible and durable: returns after the write-ahead log is on disk.
    ///
    /// @throws StoreException nothing took effect, or the complete set will be found when the store
    ///   next opens
    void commit();

    /// Discards everything unless committed.
    @Override
    void close();
}
