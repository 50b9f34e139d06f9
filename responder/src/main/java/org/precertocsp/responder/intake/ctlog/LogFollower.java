package org.precertocsp.responder.intake.ctlog;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.client.MalformedAnswer;
import org.precertocsp.responder.intake.ctlog.entry.Candidate;
import org.precertocsp.responder.intake.ctlog.entry.EntryPage;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.TreeHead;
import org.precertocsp.responder.intake.ctlog.head.UntrustedHead;
import org.precertocsp.responder.merkle.ConsistencyProof;
import org.precertocsp.responder.merkle.Frontier;
import org.precertocsp.responder.status.LogHead;
import org.precertocsp.responder.status.StoreFailure;

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
            OurIssuers ours,
            LogIntake intake,
            FollowLimits limits,
            int inFlight,
            InstantSource clock) {}

    /// The result of reading a log to its head.
    ///
    /// @param older the log served a head from before the last position, as an outdated mirror
    ///   does, so that there was nothing to read
    public record Look(TreeHead head, boolean older) {}

    private final FollowedLog log;
    private final Tools tools;
    private LogTally tally = new LogTally();

    // Of all heads seen: an outdated mirror does not mean that the log has stopped.
    private Instant newest = Instant.EPOCH;

    /// @param log must not be followed by anyone else at the same time
    public LogFollower(FollowedLog log, Tools tools) {
        this.log = log;
        this.tools = tools;
    }

    /// Reads up to the newest head. Everything proven before a failure is stored; the next call
    /// continues from there.
    ///
    /// @param from first entry of a log that was never read; 0 if absent
    /// @throws LogAlert the log is not to be trusted
    /// @throws LogUnavailable it does not answer; try again later
    /// @throws FollowRefused `from` is not possible
    /// @throws StoreFailure as [org.precertocsp.responder.status.ChangeSet#commit]
    public Look catchUp(OptionalLong from, FollowProgress progress)
            throws LogAlert, LogUnavailable, FollowRefused, InterruptedException {
        tally = new LogTally();
        try {
            TreeHead head = head();
            Optional<LogHead> before = tools.intake().reached(log);
            boolean older = before.isPresent() && isOlder(head, before.get());
            refuseStale(head, before);
            if (older) {
                return new Look(head, true);
            }
            Frontier frontier = beginning(before, from, head);
            long first = before.map(LogHead::first).orElse(frontier.size());
            if (frontier.size() < head.size()) {
                read(new Range(frontier, before, first), head, progress);
            } else if (before.isEmpty()) {
                store(reached(new Range(frontier, before, first), head), progress);
            }
            return new Look(head, false);
        } catch (MalformedAnswer e) {
            throw new LogAlert(LogAlert.Kind.MALFORMED, log.name() + ": " + e.getMessage(), e);
        }
    }

    /// The counts of the last call so far.
    ///
    /// @param stopped why it did not reach the head
    public LoadSummary summary(Optional<String> stopped) {
        return tally.summary(log.name(), stopped);
    }

    private TreeHead head() throws LogAlert, LogUnavailable, InterruptedException {
        try {
            return log.log().head();
        } catch (UntrustedHead e) {
            throw new LogAlert(LogAlert.Kind.UNTRUSTED_HEAD, log.name() + ": " + e.getMessage(), e);
        }
    }

    /// Whether a head is from before the last position. A mirror or a load balancer may serve one
    /// at any time, which is harmless if it belongs to the same tree. A smaller tree signed later
    /// is a violation.
    private boolean isOlder(TreeHead head, LogHead known)
            throws LogAlert, MalformedAnswer, InterruptedException {
        if (head.size() >= known.size()) {
            return false;
        }
        if (head.timestamp().getEpochSecond() > known.timestamp().getEpochSecond()) {
            throw disagreement(
                    LogAlert.Kind.SHRUNK,
                    "its tree shrank (signed %s)".formatted(head.timestamp()),
                    known,
                    head);
        }
        TreeHead later = new TreeHead(known.size(), known.root(), known.timestamp());
        try {
            List<Octets> nodes = log.log().consistency(head.size(), later);
            if (!ConsistencyProof.proves(nodes, tree(head), tree(known))) {
                throw disagreement(
                        LogAlert.Kind.FORKED,
                        "this older head does not belong to the tree it signed later",
                        known,
                        head);
            }
        } catch (LogUnavailable _) {
            // An outdated mirror cannot prove what comes later. Nothing is read from it anyway.
        }
        return true;
    }

    private void refuseStale(TreeHead head, Optional<LogHead> before) throws LogAlert {
        newest = later(newest, head.timestamp());
        newest = later(newest, before.map(LogHead::timestamp).orElse(newest));
        Duration age = Duration.between(newest, tools.clock().instant());
        if (age.compareTo(tools.limits().maxHeadAge()) > 0) {
            throw new LogAlert(
                    LogAlert.Kind.STALE,
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
    private Frontier beginning(Optional<LogHead> before, OptionalLong from, TreeHead head)
            throws LogAlert, LogUnavailable, MalformedAnswer, FollowRefused, InterruptedException {
        if (before.isEmpty()) {
            return unproven(from.orElse(0), head);
        }
        LogHead known = before.get();
        if (from.isPresent()
                && (from.getAsLong() < known.first() || from.getAsLong() > known.size())) {
            throw new FollowRefused(
                    "%s was already read from entry %d to %d and is continued from there: omit --from"
                            .formatted(log.name(), known.first(), known.size()));
        }
        List<Octets> nodes = log.log().consistency(known.size(), head);
        if (!ConsistencyProof.proves(nodes, tree(known), tree(head))) {
            throw disagreement(
                    LogAlert.Kind.FORKED,
                    "its tree does not continue the one it signed before",
                    known,
                    head);
        }
        return new Frontier(known.size(), known.frontier());
    }

    /// The edge that a log claims for the entries before the first one to read. It needs no proof
    /// of its own: with a wrong edge, no rebuilt tree would be part of the head's.
    private Frontier unproven(long from, TreeHead head)
            throws LogUnavailable, MalformedAnswer, FollowRefused, InterruptedException {
        if (from > 0 && from >= head.size()) {
            throw new FollowRefused(
                    "%s has only %d entries: there is no entry %d"
                            .formatted(log.name(), head.size(), from));
        }
        List<Octets> edge = log.log().edge(from, head);
        try {
            return new Frontier(from, edge);
        } catch (IllegalArgumentException e) {
            throw new MalformedAnswer(
                    "its proof for entry %d does not fit: %s".formatted(from, e.getMessage()), e);
        }
    }

    /// Entries read and not yet stored.
    ///
    /// @param tree up to the last entry read
    /// @param before the position in the store
    private record Range(
            Frontier tree, Optional<LogHead> before, long first, List<Candidate> candidates) {
        Range(Frontier tree, Optional<LogHead> before, long first) {
            this(tree, before, first, new ArrayList<>());
        }

        long begin() {
            return before.map(LogHead::size).orElse(first);
        }
    }

    private void read(Range whole, TreeHead head, FollowProgress progress)
            throws LogAlert, LogUnavailable, MalformedAnswer, InterruptedException {
        FollowLimits limits = tools.limits();
        long start = whole.tree().size();
        Range range = whole;
        progress.at(0, head.size() - start);
        try (PageStream pages =
                new PageStream(log.log(), head, start, tools.ours(), tools.inFlight())) {
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
        tally.warn(log.name(), entry, "cannot be parsed, so its issuer is unknown");
    }

    /// Proves a range, stores its entries, and returns the empty range that follows.
    private Range proveAndStore(Range range, TreeHead head, FollowProgress progress)
            throws LogAlert, LogUnavailable, MalformedAnswer, InterruptedException {
        ConsistencyProof.Tree rebuilt =
                new ConsistencyProof.Tree(range.tree().size(), range.tree().root());
        List<Octets> nodes = log.log().consistency(rebuilt.size(), head);
        if (!ConsistencyProof.proves(nodes, rebuilt, tree(head))) {
            throw new LogAlert(
                    LogAlert.Kind.TAMPERED,
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
        LogIntake.Proven proven = reached(range, head);
        store(proven, progress);
        return new Range(range.tree(), Optional.of(proven.after()), range.first());
    }

    private void store(LogIntake.Proven proven, FollowProgress progress)
            throws LogUnavailable, InterruptedException {
        tally.add(tools.intake().store(log, proven));
        progress.stored(proven.after());
    }

    private static LogIntake.Proven reached(Range range, TreeHead head) {
        Frontier tree = range.tree();
        LogHead after =
                new LogHead(
                        range.first(), tree.size(), tree.root(), tree.subtrees(), head.timestamp());
        return new LogIntake.Proven(range.before(), after, List.copyOf(range.candidates()));
    }

    private LogAlert disagreement(LogAlert.Kind kind, String what, LogHead known, TreeHead head) {
        return new LogAlert(
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

    private static String text(TreeHead head) {
        return "%d entries, root %s".formatted(head.size(), head.root());
    }

    private static ConsistencyProof.Tree tree(LogHead head) {
        return new ConsistencyProof.Tree(head.size(), head.root());
    }

    private static ConsistencyProof.Tree tree(TreeHead head) {
        return new ConsistencyProof.Tree(head.size(), head.root());
    }
}
