package org.precertocsp.responder.rocksdb;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Octets;

/// The rows of several runs in one order, each key once: as the newest run has it. Not thread-safe.
final class RunMerge {
    // Newest first, so that of equals the first found is the one that counts.
    private final List<SortedRun.Cursor> cursors = new ArrayList<>();
    private final Family family;
    private final byte @Nullable [] before;
    private SortedRun.@Nullable Cursor current;

    /// @param runs oldest first
    /// @param before the key to stop at; empty for all rows of the family
    RunMerge(List<SortedRun> runs, Family family, Octets from, Optional<Octets> before) {
        this.family = family;
        this.before = before.map(Octets::toArray).orElse(null);
        for (SortedRun run : runs.reversed()) {
            cursors.add(run.from(family, from.toArray()));
        }
    }

    /// Steps to the first or next row.
    ///
    /// @return false if there is none
    boolean next() {
        if (current != null) {
            passEqualsOf(current);
        }
        SortedRun.Cursor least = least();
        if (least == null || isPastEnd(least)) {
            current = null;
            return false;
        }
        current = least;
        return true;
    }

    private void passEqualsOf(SortedRun.Cursor row) {
        for (SortedRun.Cursor other : cursors) {
            if (other != row && other.valid() && other.compareTo(row) == 0) {
                other.next();
            }
        }
        row.next();
    }

    private SortedRun.@Nullable Cursor least() {
        SortedRun.Cursor least = null;
        for (int i = 0; i < cursors.size(); i++) {
            SortedRun.Cursor cursor = cursors.get(i);
            if (cursor.valid() && (least == null || cursor.compareTo(least) < 0)) {
                least = cursor;
            }
        }
        return least;
    }

    private boolean isPastEnd(SortedRun.Cursor row) {
        return before == null ? row.family() != family : row.compareTo(family, before) >= 0;
    }

    /// The row stepped to.
    SortedRun.Cursor row() {
        if (current == null) {
            throw new IllegalStateException("no row");
        }
        return current;
    }
}
