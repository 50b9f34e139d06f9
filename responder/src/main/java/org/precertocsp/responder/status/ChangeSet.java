package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;

/// Changes of one feed or API request, invisible until committed. Not thread-safe; used by the
/// thread that began it.
public interface ChangeSet extends AutoCloseable {
    /// Decides each change by [ChangeRules], against the store and the changes before it in this
    /// set. A store may read what it needs for all of them together.
    ///
    /// @return one outcome for each change
    /// @throws StoreException the store could not be read
    /// @throws TooManyChangesException the set is full; it can only be closed
    List<ChangeOutcome> applyAll(List<StatusChange> changes);

    /// As [#applyAll] for one change.
    default ChangeOutcome apply(StatusChange change) {
        return applyAll(List.of(change)).getFirst();
    }

    /// How many changes [#applyAll] handles best at once.
    default int lookahead() {
        return 1;
    }

    /// What is recorded of a serial, this set's changes included; empty means unassigned.
    ///
    /// @throws StoreException as [StatusReader#find]
    Optional<StatusRecord> find(SerialKey key);

    /// What is stored beside statuses under a key, this set's changes included.
    ///
    /// @throws StoreException the store could not be read
    <V> Optional<V> get(StateKey<V> key);

    /// Stores a value beside statuses, which takes effect together with the changes of this set.
    <V> void put(StateKey<V> key, V value);

    /// Deletes what is stored under a key, together with the changes of this set; statuses stay.
    void remove(StateKey<?> key);

    /// Makes all changes visible and durable: returns after the write-ahead log is on disk.
    ///
    /// @throws StoreException nothing took effect, or the set is found whole when the store next
    ///   opens
    void commit();

    /// Forgets everything unless committed.
    @Override
    void close();
}
