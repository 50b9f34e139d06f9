package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.util.List;
import org.precertocsp.der.ByteString;

/// A totally ordered log of records, shared by all nodes. Thread-safe.
///
/// Every reader sees the same records in the same order, and a record that one reader has seen is
/// seen by all. The log knows nothing of what is in the records, and whoever reads them trusts it
/// with nothing but that order: see [LogReader].
///
/// A log that was lost may be replaced by another one under the same name. An offset means
/// something in one log only, so every answer says of which log it is.
public interface StatusLog extends AutoCloseable {
    /// The largest record.
    int MAX_RECORD_BYTES = ClusterRecord.MAX_BYTES;

    /// Length of [Tail#logId].
    int ID_BYTES = 16;

    /// Appends a record. Blocks until the log has it safely, or nobody knows.
    ///
    /// @param record of at most [#MAX_RECORD_BYTES]
    /// @throws IllegalArgumentException the record is too large
    /// @throws AppendInDoubtException the record is in the log, or will be at any later time, or
    ///   never
    void append(ByteString record) throws AppendInDoubtException, InterruptedException;

    /// Reads records from an offset on: those that are there, or, if there are none, those that
    /// come within `wait`.
    ///
    /// @param offset the [Tail#next] of an earlier call, or 0; in whichever log is there now
    /// @throws LogUnavailableException the log cannot be reached; safe to retry
    Tail tail(long offset, Duration wait) throws LogUnavailableException, InterruptedException;

    /// Waiting calls end with their exception.
    @Override
    void close();

    /// Consecutive records of one log.
    ///
    /// If the offset asked for is not in the log, there are no records, and the caller sees why: it
    /// is less than `first`, the log has deleted what the caller needs; or it is more than `end`,
    /// the log has lost what the caller has read.
    ///
    /// @param logId of [#ID_BYTES], not all of them 0: the same for all readers of a log as long as
    ///   it exists, and never that of another one
    /// @param first offset of the oldest record that is still there; if there are records, perhaps
    ///   as it was a minute ago
    /// @param end offset that the next record will get
    /// @param next offset at which to go on
    record Tail(ByteString logId, List<ByteString> records, long first, long end, long next) {
        public Tail {
            if (logId.length() != ID_BYTES) {
                throw new IllegalArgumentException("a log's ID has %d bytes".formatted(ID_BYTES));
            }
            records = List.copyOf(records);
        }
    }

    /// Nobody knows whether the record is in the log.
    final class AppendInDoubtException extends Exception {
        private static final long serialVersionUID = 1L;

        public AppendInDoubtException(String message) {
            super(message);
        }
    }

    /// The log does not answer.
    final class LogUnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        public LogUnavailableException(String message) {
            super(message);
        }
    }
}
