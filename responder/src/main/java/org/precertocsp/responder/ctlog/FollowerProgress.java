package org.precertocsp.responder.ctlog;

import org.precertocsp.responder.status.CtLogPosition;

/// Receives the progress of following. Called by the follower's thread; must not block.
@FunctionalInterface
public interface FollowerProgress {
    FollowerProgress SILENT = (_, _) -> {};

    /// @param done entries read so far
    /// @param all entries to read
    void at(long done, long all);

    /// Entries are proven and stored.
    ///
    /// @param place the position reached
    default void stored(CtLogPosition place) {}
}
