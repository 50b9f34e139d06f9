package org.precertocsp.responder.intake;

/// Stands around the loading of each file, to tell how long it took. Thread-safe.
@FunctionalInterface
public interface LoadTrace {
    /// Traces nothing.
    LoadTrace NONE = (_, loading) -> loading.load();

    /// Loads, once.
    LoadSummary around(FeedKind kind, Loading loading) throws UnreadableFile;

    @FunctionalInterface
    interface Loading {
        LoadSummary load() throws UnreadableFile;
    }
}
