package org.precertocsp.responder.status;

/// Opens the one door through which status changes.
@FunctionalInterface
public interface StatusWriter {
    /// Begins a set of changes that takes effect whole or not at all. One set is open at a time;
    /// others wait here.
    ///
    /// @throws StoreFailure the store cannot be written, or another set stayed open too long
    ChangeSet begin(FeedSource source);
}
