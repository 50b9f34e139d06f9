package org.precertocsp.responder.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Seal;
import org.precertocsp.responder.cluster.RecordVerifier.Opened;
import org.precertocsp.responder.cluster.StatusLog.LogUnavailableException;
import org.precertocsp.responder.cluster.StatusLog.Tail;
import org.precertocsp.responder.logging.RateLimitedLogger;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.ReplicatedStore.RowBatch;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoredRow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the status log on a node and writes what counts to its store. [#round] is run by one
/// thread; the rest is thread-safe.
///
/// Records that arrive together are written together: their rows and the position after them are
/// one batch. Parts of a set go into a batch of their own, in memory or on disk, which is written
/// when its seal is read, and discarded where [ReadResult] says so. Only then the [Listener] hears
/// of the records, in their order: a node reports, counts or acknowledges nothing that it does not
/// answer with yet.
///
/// The stored position never lies behind a part without its seal, so a process that starts reads
/// the parts again. Reading records twice is harmless: they are repeated or of an old epoch.
///
/// Where the offset is not one of the log that is there, since that log has replaced the one that
/// was read or nobody knows which one was, the log is read from its first record. If it has
/// replaced one, it must first be begun anew, see [#isLost].
///
/// If the store fails, nothing of the batch has happened, or all of it: what the store says then is
/// where this goes on. If all has, the listener hears it later.
final class Follower implements AutoCloseable {
    /// Hears of each record after the rows of all before it, and its own, can be read. Called by
    /// the thread of the follower; must not throw, nor wait for it.
    @FunctionalInterface
    interface Listener {
        void read(ReadResult result, Opened record);

        /// Whether the rows at this beat are to be frozen.
        default boolean isDue(ReaderPosition at, ClusterRecord.Beat beat) {
            return false;
        }

        /// The store has the rows at this position, no others.
        default void freeze(ReaderPosition at) {}

        /// The position was taken from the store: at the start, and when the store has failed.
        default void loaded(ReaderPosition from) {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final RateLimitedLogger FORGED = new RateLimitedLogger(LOG);
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /// Rows of complete sets that are written together.
    private static final int ROWS_TOGETHER = 50_000;

    /// After so many records without a change the position is stored.
    private static final int RECORDS_BETWEEN_POSITIONS = 1_000;

    private final StatusLog log;
    private final RecordOpener verifier;
    private final LogReader reader;
    private final ReplicatedStore store;
    private final String name;
    private final Listener listener;
    private final Map<ReadResult.Ignored.Reason, LongAdder> ignored =
            new EnumMap<>(ReadResult.Ignored.Reason.class);

    // Of the thread that runs rounds.
    private boolean loaded;
    private ReaderPosition at = ReaderPosition.START;
    // Of the log in which the offsets are.
    private Optional<ByteString> logId = Optional.empty();
    private long offset;
    // From here on a process that starts would have to read.
    private long resume;
    private @Nullable RowBatch batch;
    private @Nullable RowBatch parts;
    private final List<Read> unheard = new ArrayList<>();
    private @Nullable StoredPosition inDoubt;
    private int unstored;

    private volatile ReaderPosition position = ReaderPosition.START;
    private volatile long behind;
    private volatile boolean lost;
    private volatile Optional<ReadResult.Stopped> stopped = Optional.empty();
    private volatile Optional<String> unavailable = Optional.empty();

    // What tells a node that reads on from one to which nothing comes. Written by rounds only.
    private final AtomicLong looks = new AtomicLong();
    private volatile long lookThatReadAll;
    private final AtomicLong steps = new AtomicLong();
    private volatile boolean writing;

    private record Read(ReadResult result, Opened record) {}

    /// @param name of this node
    Follower(
            StatusLog log,
            RecordOpener verifier,
            ClusterRules rules,
            ReplicatedStore store,
            String name,
            Listener listener) {
        this.log = log;
        this.verifier = verifier;
        this.reader = new LogReader(rules);
        this.store = store;
        this.name = name;
        this.listener = listener;
        for (ReadResult.Ignored.Reason reason : ReadResult.Ignored.Reason.values()) {
            ignored.put(reason, new LongAdder());
        }
    }

    /// What is written and visible, and was reported to the listener or is about to be.
    ReaderPosition position() {
        return position;
    }

    /// Records of the log that were not read yet, as of the last look.
    long behind() {
        return behind;
    }

    /// How often it has looked for records.
    long looks() {
        return looks.get();
    }

    /// Whether all that was in the log when [#looks] was this number has been read, is written, and
    /// was told to the listener.
    boolean hasReadAllSince(long looks) {
        return lookThatReadAll > looks;
    }

    /// How many records it has read.
    long steps() {
        return steps.get();
    }

    /// Whether it is writing rows.
    boolean isWriting() {
        return writing;
    }

    /// Why this node reads no further, or empty.
    Optional<ReadResult.Stopped> stopped() {
        return stopped;
    }

    /// Why this node does not follow now, or empty.
    Optional<String> problem() {
        return stopped.map(
                        stop -> "it reads no further in the log of the cluster: " + explain(stop))
                .or(() -> unavailable.map(why -> "the log of the cluster cannot be read: " + why));
    }

    /// Records that did not count, since the process started.
    long ignored(ReadResult.Ignored.Reason reason) {
        LongAdder count = ignored.get(reason);
        return count == null ? 0 : count.sum();
    }

    FollowerState state() {
        Map<String, Long> counts = new TreeMap<>();
        ignored.forEach(
                (reason, count) ->
                        counts.put(
                                reason.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                                count.sum()));
        return new FollowerState(
                position.epoch(),
                position.sequence(),
                behind,
                counts,
                ignored(ReadResult.Ignored.Reason.FORGED),
                stopped.map(Follower::explain));
    }

    private static String explain(ReadResult.Stopped stop) {
        String what = "%s, %s".formatted(stop.reason(), stop.detail());
        return stop.reason() == ReadResult.Stopped.Reason.GAP
                ? what
                        + ". A snapshot helps: an edge takes the newest one that is named by"
                        + " cluster.snapshots when it is started again"
                : what;
    }

    /// Reads and writes what has come, or waits for it for half a second.
    ///
    /// @return how long to rest before the next round
    /// @throws StoreException the store failed; the next round goes on from where the store is
    Duration round() throws InterruptedException {
        if (stopped.isPresent()) {
            return WAIT;
        }
        if (!loaded) {
            load();
        }
        Tail tail;
        looks.incrementAndGet();
        try {
            tail = log.tail(offset, WAIT);
        } catch (LogUnavailableException e) {
            unavailable = Optional.of(String.valueOf(e.getMessage()));
            return PAUSE;
        }
        unavailable = Optional.empty();
        try {
            boolean unknown = logId.isEmpty();
            boolean replaced = !unknown && !logId.get().equals(tail.logId());
            boolean shorter = tail.records().isEmpty() && offset > tail.end();
            if ((replaced || shorter) && !beginsAnew(tail)) {
                lost = true;
                unavailable = Optional.of(replaced ? replaced(tail) : shorter(tail));
                return PAUSE;
            }
            lost = false;
            boolean deleted = tail.records().isEmpty() && offset < tail.first();
            if (replaced || shorter || deleted || (unknown && offset != tail.first())) {
                // What is there now tells whether this node has missed something.
                LOG.warn(
                        "the log is read from offset {} on, not {}: {}",
                        tail.first(),
                        offset,
                        replaced || shorter
                                ? "it has been begun anew"
                                : deleted
                                        ? "it has deleted what was before"
                                        : "nobody knows in which log that is");
                restartAt(tail);
                return Duration.ZERO;
            }
            logId = Optional.of(tail.logId());
            read(tail);
        } catch (RuntimeException e) {
            loaded = false;
            throw e;
        }
        return Duration.ZERO;
    }

    private String shorter(Tail tail) {
        return ("it has lost records that this node has read: it ends at %d, and this node has"
                        + " read up to %d; see cluster recover")
                .formatted(tail.end(), offset);
    }

    private static String replaced(Tail tail) {
        return ("it has lost records that this node has read: it is another log than this node has"
                        + " read, ends at %d, and does not continue that one; see cluster recover")
                .formatted(tail.end());
    }

    /// Whether a log that is not the one that was read, or shorter, continues it: it begins with a
    /// reset, or with what follows one that it has deleted since. What running nodes had sent to
    /// the old one may lie before it.
    private boolean beginsAnew(Tail tail) throws InterruptedException {
        try {
            return log.tail(tail.first(), Duration.ZERO).records().stream()
                    .map(verifier::open)
                    .anyMatch(
                            opened ->
                                    opened
                                                    instanceof
                                                    Opened.Genuine(
                                                            ClusterRecord record,
                                                            ByteString _)
                                            && record.generation() > at.generation());
        } catch (LogUnavailableException _) {
            return false;
        }
    }

    /// True while the log lacks records that this node has read, or is another one than it has
    /// read, which nobody has begun as its continuation. Nobody may go on in such a log: a node
    /// that knew less would write other changes under numbers that others have already, and these
    /// would take them for repeated. So nothing is read from it, written to it or learned from its
    /// beats, until it is begun anew.
    boolean isLost() {
        return lost;
    }

    /// Goes on from where the store is.
    private void load() {
        Optional<ByteString> stored = store.position();
        StoredPosition from;
        try {
            from = stored.isEmpty() ? StoredPosition.START : StoredPosition.decode(stored.get());
        } catch (InvalidRecordException e) {
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
        List<Read> written = from.equals(inDoubt) ? List.copyOf(unheard) : List.of();
        inDoubt = null;
        at = from.at();
        logId = from.logId();
        offset = from.offset();
        resume = offset;
        unheard.clear();
        discard();
        position = at;
        loaded = true;
        listener.loaded(at);
        written.forEach(read -> listener.read(read.result(), read.record()));
    }

    private void restartAt(Tail tail) {
        discardParts();
        at = at.withoutParts();
        logId = Optional.of(tail.logId());
        offset = tail.first();
        resume = offset;
    }

    private void read(Tail tail) {
        for (ByteString record : tail.records()) {
            Opened opened = verifier.open(record);
            read(reader.read(at, opened), opened);
            if (stopped.isPresent()) {
                return;
            }
        }
        offset = tail.next();
        if (at.staged().isEmpty()) {
            resume = offset;
        }
        flush();
        behind = tail.end() - offset;
        if (behind <= 0) {
            lookThatReadAll = looks.get();
        }
    }

    private void read(ReadResult result, Opened opened) {
        at = result.position();
        steps.incrementAndGet();
        unheard.add(new Read(result, opened));
        unstored++;
        if (at.staged().isEmpty() && !(result instanceof ReadResult.Counted)) {
            discardParts();
        }
        switch (result) {
            case ReadResult.Staged staged -> {
                RowBatch set = parts;
                if (set == null || staged.part().number() == 1) {
                    discardParts();
                    // The sets before have a position of their own.
                    flush();
                    set = store.newBatch();
                    parts = set;
                }
                add(set, staged.part().rows(), staged.part().writer());
            }
            case ReadResult.Counted counted -> count(counted);
            case ReadResult.Ignored dropped -> {
                LongAdder count = ignored.get(dropped.reason());
                if (count != null) {
                    count.increment();
                }
                if (dropped.reason() == ReadResult.Ignored.Reason.FORGED) {
                    FORGED.warn("the log has a record that no node signed: " + dropped.detail());
                }
            }
            case ReadResult.Stopped stop -> {
                flush();
                stopped = Optional.of(stop);
                LOG.error("this node does not read on: {}", explain(stop));
            }
            case ReadResult.Claimed claimed -> {
                unstored = RECORDS_BETWEEN_POSITIONS;
                LOG.info("{} holds epoch {}", claimed.claim().writer(), claimed.claim().epoch());
            }
            case ReadResult.Begun _ -> unstored = RECORDS_BETWEEN_POSITIONS;
            case ReadResult.Beaten beaten -> {
                if (listener.isDue(at, beaten.beat())) {
                    flush();
                    listener.freeze(at);
                }
            }
        }
    }

    private void count(ReadResult.Counted counted) {
        switch (counted.change()) {
            case Envelope envelope -> {
                discardParts();
                RowBatch ready = batch;
                if (ready == null) {
                    ready = store.newBatch();
                    batch = ready;
                }
                add(ready, envelope.rows(), envelope.writer());
                if (ready.size() >= ROWS_TOGETHER) {
                    flush();
                }
            }
            case Seal _ -> {
                // Nothing else has counted since the first part.
                batch = parts;
                parts = null;
                flush();
            }
            case ClusterRecord.Part _ -> throw new IllegalStateException("a part does not count");
        }
    }

    private void add(RowBatch to, List<StoredRow> rows, String writer) {
        boolean own = writer.equals(name);
        for (StoredRow row : rows) {
            to.add(row, own);
        }
    }

    /// Writes the rows of complete sets with their position; then the listener hears of them.
    private void flush() {
        RowBatch ready = batch;
        if (ready != null) {
            StoredPosition next = stored();
            inDoubt = next;
            write(ready, next);
            batch = null;
            unstored = 0;
        } else if (unstored >= RECORDS_BETWEEN_POSITIONS) {
            store.keepPosition(stored().encode());
            unstored = 0;
        }
        position = at;
        List<Read> heard = List.copyOf(unheard);
        unheard.clear();
        inDoubt = null;
        heard.forEach(read -> listener.read(read.result(), read.record()));
    }

    private StoredPosition stored() {
        return new StoredPosition(at.withoutParts(), logId, resume);
    }

    private void write(RowBatch rows, StoredPosition after) {
        writing = true;
        try {
            rows.write(after.encode());
        } finally {
            writing = false;
        }
        rows.close();
    }

    private void discard() {
        discardParts();
        RowBatch ready = batch;
        batch = null;
        if (ready != null) {
            ready.close();
        }
    }

    private void discardParts() {
        RowBatch staged = parts;
        parts = null;
        if (staged != null) {
            staged.close();
        }
    }

    /// Called when no round runs any more.
    @Override
    public void close() {
        discard();
    }
}
