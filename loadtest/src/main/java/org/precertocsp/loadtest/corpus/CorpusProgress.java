package org.precertocsp.loadtest.corpus;

/// Receives the progress of long work. Called very often, so it must return quickly.
@FunctionalInterface
public interface CorpusProgress {
    CorpusProgress SILENT = _ -> {};

    /// @param done serials, in the file being written; starts again with each pass over them
    void step(long done);
}
