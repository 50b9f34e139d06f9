package org.precertocsp.responder.status;

import java.time.Duration;
import java.util.Optional;

/// Opens the one door through which status changes.
@FunctionalInterface
public interface StatusWriter {
    /// Begins a set of changes that takes effect whole or not at all. One set is open at a time;
    /// others wait here.
    ///
    /// @throws StoreException the store cannot be written, or another set stayed open too long
    ChangeSet begin(ChangeSource source);

    /// As [#begin], for a set that is only judged and never committed. A wrapper that records sets
    /// passes it on unrecorded.
    ///
    /// @throws StoreException as [#begin]
    default ChangeSet beginDryRun(ChangeSource source) {
        return begin(source);
    }

    /// As [#begin], for callers who can come again: empty if another set stays open longer than
    /// `patience`. A wrapper passes it on, or its callers wait as long as [#begin] does.
    ///
    /// @throws StoreException the store cannot be written
    default Optional<ChangeSet> tryBegin(ChangeSource source, Duration patience) {
        return Optional.of(begin(source));
    }
}
