package org.precertocsp.loadtest.corpus;

/// Hears how far a long piece of work is. Called very often; must be quick.
@FunctionalInterface
public interface CorpusProgress {
    CorpusProgress SILENT = _ -> {};

    /// @param done serials, of the file being written; begins anew with each pass over them
    void step(long done);
}
