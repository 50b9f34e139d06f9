package org.precertocsp.responder.ctlog;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.intake.LoadCounters;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.merkle.CompactRange;
import org.precertocsp.responder.merkle.ConsistencyProof;
import org.precertocsp.responder.status.CtLogPosition;
import org.precertocsp.responder.status.StoreException;

/// Reads one log from the last position to its newest head.
///
/// The order of steps makes it safe. The head's signature is verified; the tree of the last
/// position is proven to be the beginning of the head's tree; entries are fetched in ranges, and
/// the tree is rebuilt over them; and only after a range is proven to be part of the head's tree do
/// its entries change a status, in one write with the new position. Until then they are unproven
/// claims in memory.
public final class LogFollower {
    /// The services that a follower uses.
    ///
    /// @param ours filter for the issuers that `intake` knows
    /// @param inFlight pages fetched at the same time
    public record Tools(
            IssuerFilter ours,
            LogEntryLoader intake,
            FollowerLimits limits,
            int inFlight,
            InstantSource clock) {}

    /// The result of reading a log to its head.
    ///
    /// @param older the log served a head from before the last position, as an outdated mirror
    ///   does, so that there was nothing to read
    public record Look(LogTreeHead head, boolean older) {}

    private final FollowedLog log;
    private final Tools tools;
    private LoadCounters counters;

    // Of all heads seen: an outdated mirror does not mean that the log has stopped.
    private Instant newest = Instant.EPOCH;

    /// @param log must not be followed by anyone else at the same time
    public LogFollower(FollowedLog log, Tools tools) {
        this.log = log;
        this.tools = tools;
        this.counters = LogEntryLoader.counters(log);
    }

    /// Reads up to the newest head. Everything proven before a failure is stored; the next call
    /// continues from there.
    ///
    /// @param from first entry of a log that was never read; 0 if absent
    /// @throws LogIntegrityException the log is not to be trusted
    /// @throws LogUnavailableException it does not answer; try again later
    /// @throws InvalidStartEntryException `from` is not possible
    /// @throws StoreException as [org.precertocsp.responder.status.ChangeSet#commit]
    public Look catchUp(OptionalLong from, FollowerProgress progress)
            throws LogIntegrityException,
                    LogUnavailableException,
                    InvalidStartEntryException,
                    InterruptedException {
        counters = LogEntryLoader.counters(log);
        try {
            LogTreeHead head = head();
            Optional<CtLogPosition> before = tools.intake().reached(log);
            boolean older = before.isPresent() && isOlder(head, before.get());
            refuseStale(head, before);
            if (older) {
                return new Look(head, true);
            }
            CompactRange frontier = beginning(before, from, head);
            long first = before.map(CtLogPosition::first).orElse(frontier.size());
            if (frontier.size() < head.size()) {
                read(new Range(frontier, before, first), head, progress);
            } else if (before.isEmpty()) {
                store(reached(new Range(frontier, before, first), head), progress);
            }
            return new Look(head, false);
        } catch (MalformedLogResponseException e) {
            throw new LogIntegrityException(
                    LogIntegrityException.Kind.MALFORMED, log.name() + ": " + e.getMessage(), e);
        }
    }

    /// The counts of the last call so far.
    ///
    /// @param stopped why it did not reach the head
    public LoadSummary summary(Optional<String> stopped) {
        return counters.summary(stopped);
    }

    private LogTreeHead head()
            throws LogIntegrityException, LogUnavailableException, InterruptedException {
        try {
            return log.log().head();
        } catch (UntrustedTreeHeadException e) {
            throw new LogIntegrityException(
                    LogIntegrityException.Kind.UNTRUSTED_HEAD,
                    log.name() + ": " + e.getMessage(),
                    e);
        }
    }

    /// Whether a head is from before the last position. A mirror or a load balancer may serve one
    /// at any time, which is harmless if it belongs to the same tree. A smaller tree signed later
    /// is a violation.
    private boolean isOlder(LogTreeHead head, CtLogPosition known)
            throws LogIntegrityException, MalformedLogResponseException, InterruptedException {
        if (head.size() >= known.size()) {
            return false;
        }
        if (head.timestamp().getEpochSecond() > known.timestamp().getEpochSecond()) {
            throw disagreement(
                    LogIntegrityException.Kind.SHRUNK,
                    "its tree shrank (signed %s)".formatted(head.timestamp()),
                    known,
                    head);
        }
        LogTreeHead later = new LogTreeHead(known.size(), known.root(), known.timestamp());
        try {
            List<ByteString> nodes = log.log().consistency(head.size(), later);
            if (!ConsistencyProof.proves(nodes, tree(head), tree(known))) {
                throw disagreement(
                        LogIntegrityException.Kind.FORKED,
                        "this older head does not belong to the tree it signed later",
                        known,
                        head);
            }
        } catch (LogUnavailableException _) {
            // An outdated mirror cannot prove what comes later. Nothing is read from it anyway.
        }
        return true;
    }

    private void refuseStale(LogTreeHead head, Optional<CtLogPosition> before)
            throws LogIntegrityException {
        newest = later(newest, head.timestamp());
        newest = later(newest, before.map(CtLogPosition::timestamp).orElse(newest));
        Duration age = Duration.between(newest, tools.clock().instant());
        if (age.compareTo(tools.limits().maxHeadAge()) > 0) {
            throw new LogIntegrityException(
                    LogIntegrityException.Kind.STALE,
                    "%s: its newest head (%s) was signed %s, more than %d hours ago"
                            .formatted(
                                    log.name(),
                                    text(head),
                                    newest,
                                    tools.limits().maxHeadAge().toHours()),
                    null);
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /// The tree to continue from, proven if the log was read before.
    private CompactRange beginning(
            Optional<CtLogPosition> before, OptionalLong from, LogTreeHead head)
            throws LogIntegrityException,
                    LogUnavailableException,
                    MalformedLogResponseException,
                    InvalidStartEntryException,
                    InterruptedException {
        if (before.isEmpty()) {
            return unproven(from.orElse(0), head);
        }
        CtLogPosition known = before.get();
        if (from.isPresent()
                && (from.getAsLong() < known.first() || from.getAsLong() > known.size())) {
            throw new InvalidStartEntryException(
                    "%s was already read from entry %d to %d and is continued from there: omit --from"
                            .formatted(log.name(), known.first(), known.size()));
        }
        List<ByteString> nodes = log.log().consistency(known.size(), head);
        if (!ConsistencyProof.proves(nodes, tree(known), tree(head))) {
            throw disagreement(
                    LogIntegrityException.Kind.FORKED,
                    "its tree does not continue the one it signed before",
                    known,
                    head);
        }
        return new CompactRange(known.size(), known.frontier());
    }

    /// The edge that a log claims for the entries before the first one to read. It needs no proof
    /// of its own: with a wrong edge, no rebuilt tree would be part of the head's.
    private CompactRange unproven(long from, LogTreeHead head)
            throws LogUnavailableException,
                    MalformedLogResponseException,
                    InvalidStartEntryException,
                    InterruptedException {
        if (from > 0 && from >= head.size()) {
            throw new InvalidStartEntryException(
                    "%s has only %d entries: there is no entry %d"
                            .formatted(log.name(), head.size(), from));
        }
        List<ByteString> edge = log.log().edge(from, head);
        try {
            return new CompactRange(from, edge);
        } catch (IllegalArgumentException e) {
            throw new MalformedLogResponseException(
                    "its proof for entry %d does not fit: %s".formatted(from, e.getMessage()), e);
        }
    }

    /// Entries read and not yet stored.
    ///
    /// @param tree up to the last entry read
    /// @param before the position in the store
    private record Range(
            CompactRange tree,
            Optional<CtLogPosition> before,
            long first,
            List<CandidateEntry> candidates) {
        Range(CompactRange tree, Optional<CtLogPosition> before, long first) {
            this(tree, before, first, new ArrayList<>());
        }

        long begin() {
            return before.map(CtLogPosition::size).orElse(first);
        }
    }

    private void read(Range whole, LogTreeHead head, FollowerProgress progress)
            throws LogIntegrityException,
                    LogUnavailableException,
                    MalformedLogResponseException,
                    InterruptedException {
        FollowerLimits limits = tools.limits();
        long start = whole.tree().size();
        Range range = whole;
        progress.at(0, head.size() - start);
        try (EntryPagePrefetcher pages =
                new EntryPagePrefetcher(log.log(), head, start, tools.ours(), tools.inFlight())) {
            while (range.tree().size() < head.size()) {
                EntryPage page = pages.next();
                range.tree().addAll(page.leafHashes().toArray());
                range.candidates().addAll(page.candidates());
                page.unreadable().forEach(this::warnUnreadable);
                progress.at(range.tree().size() - start, head.size() - start);
                boolean full =
                        range.tree().size() - range.begin() >= limits.entriesAtOnce()
                                || range.candidates().size() >= limits.maxCandidates();
                if (full || range.tree().size() == head.size()) {
                    range = proveAndStore(range, head, progress);
                }
            }
        }
    }

    private void warnUnreadable(long entry) {
        counters.warn(
                new SourceLocation.Entry(entry), "cannot be parsed, so its issuer is unknown");
    }

    /// Proves a range, stores its entries, and returns the empty range that follows.
    private Range proveAndStore(Range range, LogTreeHead head, FollowerProgress progress)
            throws LogIntegrityException,
                    LogUnavailableException,
                    MalformedLogResponseException,
                    InterruptedException {
        ConsistencyProof.Tree rebuilt =
                new ConsistencyProof.Tree(range.tree().size(), range.tree().root());
        List<ByteString> nodes = log.log().consistency(rebuilt.size(), head);
        if (!ConsistencyProof.proves(nodes, rebuilt, tree(head))) {
            throw new LogIntegrityException(
                    LogIntegrityException.Kind.TAMPERED,
                    "%s: entries %d to %d are not part of its tree: rebuilt %d entries, root %s; its head: %s"
                            .formatted(
                                    log.name(),
                                    range.begin(),
                                    rebuilt.size() - 1,
                                    rebuilt.size(),
                                    rebuilt.root(),
                                    text(head)),
                    null);
        }
        LogEntryLoader.Proven proven = reached(range, head);
        store(proven, progress);
        return new Range(range.tree(), Optional.of(proven.after()), range.first());
    }

    private void store(LogEntryLoader.Proven proven, FollowerProgress progress)
            throws LogUnavailableException, InterruptedException {
        counters.add(tools.intake().store(log, proven));
        progress.stored(proven.after());
    }

    private static LogEntryLoader.Proven reached(Range range, LogTreeHead head) {
        CompactRange tree = range.tree();
        CtLogPosition after =
                new CtLogPosition(
                        range.first(), tree.size(), tree.root(), tree.subtrees(), head.timestamp());
        return new LogEntryLoader.Proven(range.before(), after, List.copyOf(range.candidates()));
    }

    private LogIntegrityException disagreement(
            LogIntegrityException.Kind kind, String what, CtLogPosition known, LogTreeHead head) {
        return new LogIntegrityException(
                kind,
                "%s: %s. Before: %d entries, root %s, signed %s; now: %s"
                        .formatted(
                                log.name(),
                                what,
                                known.size(),
                                known.root(),
                                known.timestamp(),
                                text(head)),
                null);
    }

    private static String text(LogTreeHead head) {
        return "%d entries, root %s".formatted(head.size(), head.root());
    }

    private static ConsistencyProof.Tree tree(CtLogPosition head) {
        return new ConsistencyProof.Tree(head.size(), head.root());
    }

    private static ConsistencyProof.Tree tree(LogTreeHead head) {
        return new ConsistencyProof.Tree(head.size(), head.root());
    }

    /// All entries up to a head in order. A few pages are prefetched: each is downloaded, hashed
    /// and filtered on a virtual thread of its own. Used by one thread.
    static final class EntryPagePrefetcher implements AutoCloseable {
        private final CtLogClient log;
        private final LogTreeHead head;
        private final IssuerFilter ours;
        private final int inFlight;
        private final ExecutorService fetchers = Executors.newVirtualThreadPerTaskExecutor();
        private final Deque<Future<List<EntryPage>>> ahead = new ArrayDeque<>();
        private final Deque<EntryPage> ready = new ArrayDeque<>();
        private long next;

        /// @param first index to begin with
        /// @param inFlight pages fetched at once
        EntryPagePrefetcher(
                CtLogClient log, LogTreeHead head, long first, IssuerFilter ours, int inFlight) {
            this.log = log;
            this.head = head;
            this.next = first;
            this.ours = ours;
            this.inFlight = inFlight;
        }

        /// The next entries, at least one; to be called only while some are left.
        EntryPage next()
                throws LogUnavailableException,
                        MalformedLogResponseException,
                        InterruptedException {
            if (ready.isEmpty()) {
                fetchAhead();
                ready.addAll(result(ahead.remove()));
                fetchAhead();
            }
            return ready.remove();
        }

        private void fetchAhead() {
            while (ahead.size() < inFlight && next < head.size()) {
                long size = log.pageSize();
                long end = Math.min(head.size(), next - next % size + size);
                CtLogClient.Range range = new CtLogClient.Range(next, end);
                ahead.add(fetchers.submit(() -> fetch(range)));
                next = end;
            }
        }

        // A log may return fewer entries than requested (CT-07).
        private List<EntryPage> fetch(CtLogClient.Range range)
                throws LogUnavailableException,
                        MalformedLogResponseException,
                        InterruptedException {
            List<EntryPage> pages = new ArrayList<>();
            long at = range.from();
            while (at < range.to()) {
                EntryPage page = log.entries(new CtLogClient.Range(at, range.to()), head, ours);
                pages.add(page);
                at += page.count();
            }
            return pages;
        }

        private static List<EntryPage> result(Future<List<EntryPage>> future)
                throws LogUnavailableException,
                        MalformedLogResponseException,
                        InterruptedException {
            try {
                return future.get();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case LogUnavailableException unavailable -> throw unavailable;
                    case MalformedLogResponseException malformed -> throw malformed;
                    case InterruptedException interrupted -> throw interrupted;
                    case null, default -> throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public void close() {
            ahead.forEach(future -> future.cancel(true));
            fetchers.shutdownNow();
            fetchers.close();
        }
    }
}
