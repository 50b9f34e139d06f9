package org.precertocsp.responder.intake;

/// Receives the position up to which a file has been read.
@FunctionalInterface
public interface ProgressListener {
    ProgressListener SILENT = _ -> {};

    /// @param bytes bytes from the start of the file; never decreases, except to zero for a second
    ///   pass
    void at(long bytes);
}
