package org.precertocsp.responder.status;

import java.time.Duration;
import java.util.Optional;

/// The only way to change status.
@FunctionalInterface
public interface StatusWriter {
    /// Begins a set of changes that takes effect whole or not at all. One set is open at a time;
    /// other callers wait.
    ///
    /// @throws StoreException the store cannot be written, or another set stayed open too long
    ChangeSet begin(ChangeSource source);

    /// As [#begin], for a set that is only checked and never committed. A wrapper that records sets
    /// passes it on without recording.
    ///
    /// @throws StoreException as [#begin]
    default ChangeSet beginDryRun(ChangeSource source) {
        return begin(source);
    }

    /// As [#begin], for callers that can retry: empty if another set stays open longer than
    /// `patience`. A wrapper must pass it on, otherwise its callers wait as long as [#begin] does.
    ///
    /// @throws StoreException the store cannot be written
    default Optional<ChangeSet> tryBegin(ChangeSource source, Duration patience) {
        return Optional.of(begin(source));
    }
}
