package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.StatusLog.Tail;

/// Where in the log the rows of a store end, for those who move stores: how far it is, and whether
/// the log has what follows.
public final class SnapshotPosition {
    /// Of an empty store.
    public static final SnapshotPosition START = new SnapshotPosition(StoredPosition.START);

    /// Several minutes of a busy log: within a second there is a beat of an authority.
    private static final int MOST_RECORDS = 100_000;

    /// An authority appends one each second.
    private static final Duration NEXT_BEAT = Duration.ofSeconds(3);

    private final StoredPosition stored;

    private SnapshotPosition(StoredPosition stored) {
        this.stored = stored;
    }

    /// @param encoded as a store has it
    /// @throws IllegalArgumentException a newer program wrote it, or it is damaged
    public static SnapshotPosition of(ByteString encoded) {
        try {
            return new SnapshotPosition(StoredPosition.decode(encoded));
        } catch (InvalidRecordException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
        }
    }

    public ByteString encoded() {
        return stored.encode();
    }

    public long generation() {
        return stored.at().generation();
    }

    public long epoch() {
        return stored.at().epoch();
    }

    public long sequence() {
        return stored.at().sequence();
    }

    /// In the log, from which on to read.
    public long offset() {
        return stored.offset();
    }

    /// Why a node at this position cannot follow the log: what comes next is not there any more, or
    /// belongs to another history. Empty if nothing speaks against it. Reads as a node would, until
    /// a record proves it, or to the end of the log. Blocks.
    public Optional<String> objection(StatusLog log, ClusterConfig cluster)
            throws LogUnavailableException, InterruptedException {
        RecordVerifier verifier = new RecordVerifier(cluster.authorityKeys(), Map.of());
        LogReader reader = new LogReader(ClusterRules.CONTRACT);
        ReaderPosition at = stored.at();
        Optional<ByteString> logId = stored.logId();
        long offset = stored.offset();
        // Where nothing follows, nothing is missing; but elsewhere only a record can tell.
        Duration wait = Duration.ZERO;
        int read = 0;
        while (read < MOST_RECORDS) {
            Tail tail = log.tail(offset, wait);
            boolean outside = offset < tail.first() || offset > tail.end();
            if (!logId.equals(Optional.of(tail.logId())) || (tail.records().isEmpty() && outside)) {
                // As a follower does.
                at = at.withoutParts();
                logId = Optional.of(tail.logId());
                offset = tail.first();
                wait = NEXT_BEAT;
                continue;
            }
            if (tail.records().isEmpty()) {
                return Optional.empty();
            }
            for (ByteString record : tail.records()) {
                ReadResult result = reader.read(at, verifier.open(record));
                at = result.position();
                switch (result) {
                    case ReadResult.Stopped stopped -> {
                        return Optional.of(stopped.detail());
                    }
                    case ReadResult.Counted _ -> {
                        return Optional.empty();
                    }
                    // The beat of one that is behind proves nothing.
                    case ReadResult.Beaten(ReaderPosition newest, Beat beat)
                            when beat.sequence() == newest.sequence() -> {
                        return Optional.empty();
                    }
                    case ReadResult.Beaten _,
                            ReadResult.Begun _,
                            ReadResult.Claimed _,
                            ReadResult.Ignored _,
                            ReadResult.Staged _ -> {
                        // The next record may tell more.
                    }
                }
            }
            read += tail.records().size();
            offset = tail.next();
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "change %d of generation %d".formatted(sequence(), generation());
    }
}
