package org.precertocsp.responder.cluster.answers;

import java.time.Duration;

/// How much of the log this node has applied. Thread-safe.
public interface LogPosition {
    /// The sequence up to which every change is in the store, its epochs advanced.
    long applied();

    /// Blocks until everything up to `sequence` is applied, so that a status read afterwards is not
    /// older, and any mark of a serial changed until then is out of date.
    ///
    /// @return false if it was not in that time
    boolean awaitApplied(long sequence, Duration atMost) throws InterruptedException;
}
