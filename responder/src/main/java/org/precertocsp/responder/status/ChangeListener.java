package org.precertocsp.responder.status;

import java.util.List;

/// Follows the sets of changes that a [ChangeWriter] opens. The audit log, the measurement of
/// answer delays and the purging of caches are listeners; none of them wraps the store.
@FunctionalInterface
public interface ChangeListener {
    /// Called when a set begins, before its first change.
    ///
    /// @param set for reading, and for storing a [StateKey] of the listener's own with the changes
    /// @throws StoreException the set must not begin
    SetListener begin(ChangeSet set, ChangeSource source);

    /// Follows one set, called by the thread that writes it. Not thread-safe.
    interface SetListener {
        /// Called after each [ChangeSet#applyAll]; nothing has taken effect yet.
        ///
        /// @param changes never changed afterwards, nor are the outcomes: a listener may look at
        ///   them in another thread
        /// @param outcomes one for each change
        /// @throws StoreException as from [ChangeSet#applyAll]; the set can only be closed
        default void applied(List<StatusChange> changes, List<ChangeOutcome> outcomes) {}

        /// Called before the store commits: the place to make data durable that must precede it
        /// (invariant 6).
        ///
        /// @throws StoreException nothing of the set takes effect
        default void beforeCommit() {}

        /// Called once the set is durable and visible. Must not throw, since nothing can be undone.
        default void committed() {}

        /// Called if the commit failed after [#beforeCommit] returned. The store may nevertheless
        /// contain the set when it next opens.
        default void commitFailed(RuntimeException cause) {}

        /// Called when the set is closed and [#beforeCommit] never returned: it has no effect.
        ///
        /// @throws StoreException as from [ChangeSet#close]
        default void abandoned() {}
    }
}
