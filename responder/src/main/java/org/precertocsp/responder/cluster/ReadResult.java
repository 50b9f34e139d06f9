package org.precertocsp.responder.cluster;

import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Change;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Part;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;

/// What a record means to the reader that has read all before it. Wherever the position has no
/// parts staged, the reader discards the rows it has staged.
sealed interface ReadResult {
    /// The reader's position from now on.
    ReaderPosition position();

    /// An envelope, or the seal of the parts that are staged: its rows take effect.
    record Counted(ReaderPosition position, Change change) implements ReadResult {}

    /// The rows of a part must be kept until its seal is read.
    record Staged(ReaderPosition position, Part part) implements ReadResult {}

    /// An authority has taken over.
    record Claimed(ReaderPosition position, Claim claim) implements ReadResult {}

    record Beaten(ReaderPosition position, Beat beat) implements ReadResult {}

    /// A log begins.
    record Begun(ReaderPosition position, Reset reset) implements ReadResult {}

    /// The record does not count, for any reader.
    record Ignored(ReaderPosition position, Ignored.Reason reason, String detail)
            implements ReadResult {
        enum Reason {
            /// Signed by nobody of the cluster: an alert.
            FORGED,
            /// Of an earlier generation, from before a [Reset].
            OLD_GENERATION,
            /// Written by an authority after another one had taken over, or a claim that came too
            /// late.
            OLD_EPOCH,
            /// Read before: a producer's retry, or a broker that repeats.
            REPLAYED,
            /// A part or a seal without all parts before it.
            INCOMPLETE,
            /// A report, which belongs into another log.
            MISPLACED
        }
    }

    /// The reader must not go on: it would miss a change. It keeps its position, gets no lease any
    /// more, and needs a snapshot, a newer program, or a person.
    record Stopped(ReaderPosition position, Stopped.Reason reason, String detail)
            implements ReadResult {
        enum Reason {
            /// Records before this one are missing.
            GAP,
            /// The record continues another history than the reader's.
            DIVERGED,
            /// A log begins that lacks changes the reader has.
            LOST_CHANGES,
            /// Signed by an authority, but this program cannot read it.
            UNREADABLE
        }
    }
}
