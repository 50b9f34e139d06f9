package org.precertocsp.responder.intake;

/// Hears how far a file has been read.
@FunctionalInterface
public interface ProgressListener {
    ProgressListener SILENT = _ -> {};

    /// @param octets from the start of the file; never falls, except to zero for a second pass
    void at(long octets);
}
