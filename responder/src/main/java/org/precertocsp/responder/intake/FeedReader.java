package org.precertocsp.responder.intake;

/// Reads one kind of file. Stateless; one instance may load many files.
@FunctionalInterface
public interface FeedReader {
    /// Passes the records of one file to the sink one by one, which applies and counts each.
    /// Records that cannot be used are rejected one by one through [FeedSink#refuse].
    ///
    /// @throws FeedRejectedException the file as a whole cannot be trusted or read: nothing of it
    ///   may take effect
    void read(FeedFile file, FeedSink sink) throws FeedRejectedException;
}
