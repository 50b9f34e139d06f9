package org.precertocsp.responder.cluster.responses;

import java.time.Duration;
import java.util.List;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.StatusLog;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;

/// A log of records in a few partitions, without an order between them. Thread-safe. It knows
/// nothing of what is in the records, and is trusted with nothing: it may repeat, delay or lose
/// them.
public interface ResponseLog extends AutoCloseable {
    int PARTITIONS = 8;

    /// The largest record.
    int MAX_RECORD_BYTES = StatusLog.MAX_RECORD_BYTES;

    /// Where all partitions begin.
    List<Long> START = List.of(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);

    /// Appends records, each to any partition. Blocks until the log has all of them safely, or
    /// nobody knows of each whether it has.
    ///
    /// @param records each of at most [#MAX_RECORD_BYTES]
    /// @throws LogUnavailableException any of the records is in the log or not; they may be
    ///   appended again
    void append(List<ByteString> records) throws LogUnavailableException, InterruptedException;

    /// Reads records from offsets on: those that are there, or, if there are none, those that come
    /// within `wait`. In a partition that does not have the offset any more, or not yet, since it
    /// is another log, it reads from the oldest record on.
    ///
    /// @param offsets the [Tail#next] of an earlier call, or [#START]
    /// @throws LogUnavailableException the log cannot be reached; safe to retry
    Tail tail(List<Long> offsets, Duration wait)
            throws LogUnavailableException, InterruptedException;

    /// Waiting calls end with their exception.
    @Override
    void close();

    /// @param records each partition's in its order
    /// @param next offsets at which to go on
    /// @param behind records that are there and not read yet, at least
    record Tail(List<ByteString> records, List<Long> next, long behind) {
        public Tail {
            records = List.copyOf(records);
            next = List.copyOf(next);
            if (next.size() != PARTITIONS) {
                throw new IllegalArgumentException(next.size() + " offsets");
            }
        }
    }
}
