package org.precertocsp.responder.intake.ctlog;

import org.precertocsp.responder.status.LogHead;

/// Hears how far following has come. Called by the follower's thread; must not block.
@FunctionalInterface
public interface FollowProgress {
    FollowProgress SILENT = (_, _) -> {};

    /// @param done entries read since this began
    /// @param all entries to read, known once the head is
    void at(long done, long all);

    /// Entries are proven and stored.
    ///
    /// @param place reached with them
    default void stored(LogHead place) {}
}
