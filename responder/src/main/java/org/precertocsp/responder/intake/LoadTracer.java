package org.precertocsp.responder.intake;

/// Wraps the loading of each file, to measure how long it takes. Thread-safe.
@FunctionalInterface
public interface LoadTracer {
    /// Traces nothing.
    LoadTracer NONE = (_, loading) -> loading.load();

    /// Runs the loading once, and returns its result.
    LoadSummary around(FeedKind kind, Loading loading) throws UnreadableFileException;

    @FunctionalInterface
    interface Loading {
        LoadSummary load() throws UnreadableFileException;
    }
}
