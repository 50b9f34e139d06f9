package org.precertocsp.responder.intake;

/// Stands around the loading of each file, to tell how long it took. Thread-safe.
@FunctionalInterface
public interface LoadTracer {
    /// Traces nothing.
    LoadTracer NONE = (_, loading) -> loading.load();

    /// Loads, once.
    LoadSummary around(FeedKind kind, Loading loading) throws UnreadableFileException;

    @FunctionalInterface
    interface Loading {
        LoadSummary load() throws UnreadableFileException;
    }
}
