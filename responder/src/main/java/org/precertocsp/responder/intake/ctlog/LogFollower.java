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

/// Takes in one log, from where it was left to its newest head.
///
/// The order is what makes it safe. The head's signature is verified; the tree left behind is
/// proven to be the beginning of the head's; entries are fetched and the tree rebuilt over them, in
/// stretches; and only when a stretch is proven to be part of the head's tree do its entries change
/// a status, in one write with the place reached. Until then they are claims kept in memory.
public final class LogFollower {
    /// What a follower works with.
    ///
    /// @param ours derived from the issuers that `intake` knows
    /// @param inFlight pages fetched at once
    public record Tools(
            OurIssuers ours,
            LogIntake intake,
            FollowLimits limits,
            int inFlight,
            InstantSource clock) {}

    /// What one look at a log came to.
    ///
    /// @param older the log served a head from before the place reached, as a mirror that is behind
    ///   does, so that there was nothing to read
    public record Look(TreeHead head, boolean older) {}

    private final FollowedLog log;
    private final Tools tools;
    private LogTally tally = new LogTally();

    // Of all heads seen: a mirror that is behind is no sign of a log that stands still.
    private Instant newest = Instant.EPOCH;

    /// @param log followed by nobody else meanwhile
    public LogFollower(FollowedLog log, Tools tools) {
        this.log = log;
        this.tools = tools;
    }

    /// Reads up to the newest head. Whatever is proven before something goes wrong stays taken in;
    /// the next call goes on from there.
    ///
    /// @param from where to begin a log never read before; 0 if absent
    /// @throws LogAlert the log is not to be trusted
    /// @throws LogUnavailable it does not answer; try again later
    /// @throws FollowRefused what is asked for makes no sense
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
                read(new Stretch(frontier, before, first), head, progress);
            } else if (before.isEmpty()) {
                take(reached(new Stretch(frontier, before, first), head), progress);
            }
            return new Look(head, false);
        } catch (MalformedAnswer e) {
            throw new LogAlert(LogAlert.Kind.MALFORMED, log.name() + ": " + e.getMessage(), e);
        }
    }

    /// What the last look has come to so far.
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

    /// Whether a head is from before the place reached, which a mirror or a load balancer may serve
    /// at any time: nothing is wrong with it as long as it is of the same tree. A smaller tree
    /// signed later is another matter.
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
                        "this older head is not of the tree it signed later",
                        known,
                        head);
            }
        } catch (LogUnavailable _) {
            // Whoever is behind cannot prove what comes after. Nothing is taken from it anyway.
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
                    "%s: its newest head (%s) is of %s, more than %d hours ago"
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

    /// The tree to go on from, proven where it was met before.
    private Frontier beginning(Optional<LogHead> before, OptionalLong from, TreeHead head)
            throws LogAlert, LogUnavailable, MalformedAnswer, FollowRefused, InterruptedException {
        if (before.isEmpty()) {
            return unproven(from.orElse(0), head);
        }
        LogHead known = before.get();
        if (from.isPresent()
                && (from.getAsLong() < known.first() || from.getAsLong() > known.size())) {
            throw new FollowRefused(
                    "%s was read from entry %d to %d already, and goes on there: leave out --from"
                            .formatted(log.name(), known.first(), known.size()));
        }
        List<Octets> nodes = log.log().consistency(known.size(), head);
        if (!ConsistencyProof.proves(nodes, tree(known), tree(head))) {
            throw disagreement(
                    LogAlert.Kind.FORKED,
                    "its tree is no continuation of the one it signed before",
                    known,
                    head);
        }
        return new Frontier(known.size(), known.frontier());
    }

    /// The edge that a log claims for the entries before the first one wanted. It needs no proof of
    /// its own: with a wrong one, no rebuilt tree would be part of the head's.
    private Frontier unproven(long from, TreeHead head)
            throws LogUnavailable, MalformedAnswer, FollowRefused, InterruptedException {
        if (from > 0 && from >= head.size()) {
            throw new FollowRefused(
                    "%s has only %d entries: nothing begins at %d"
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

    /// Entries read and not yet taken in.
    ///
    /// @param tree up to the last entry read
    /// @param before the place the store has reached
    private record Stretch(
            Frontier tree, Optional<LogHead> before, long first, List<Candidate> candidates) {
        Stretch(Frontier tree, Optional<LogHead> before, long first) {
            this(tree, before, first, new ArrayList<>());
        }

        long begin() {
            return before.map(LogHead::size).orElse(first);
        }
    }

    private void read(Stretch whole, TreeHead head, FollowProgress progress)
            throws LogAlert, LogUnavailable, MalformedAnswer, InterruptedException {
        FollowLimits limits = tools.limits();
        long start = whole.tree().size();
        Stretch stretch = whole;
        progress.at(0, head.size() - start);
        try (PageStream pages =
                new PageStream(log.log(), head, start, tools.ours(), tools.inFlight())) {
            while (stretch.tree().size() < head.size()) {
                EntryPage page = pages.next();
                stretch.tree().addAll(page.leafHashes().toArray());
                stretch.candidates().addAll(page.candidates());
                page.unreadable().forEach(this::warnUnreadable);
                progress.at(stretch.tree().size() - start, head.size() - start);
                boolean full =
                        stretch.tree().size() - stretch.begin() >= limits.entriesAtOnce()
                                || stretch.candidates().size() >= limits.maxCandidates();
                if (full || stretch.tree().size() == head.size()) {
                    stretch = takeIn(stretch, head, progress);
                }
            }
        }
    }

    private void warnUnreadable(long entry) {
        tally.warn(log.name(), entry, "cannot be read, so that nobody can tell whose it is");
    }

    /// Proves a stretch, stores what it brings, and returns the empty one that follows.
    private Stretch takeIn(Stretch stretch, TreeHead head, FollowProgress progress)
            throws LogAlert, LogUnavailable, MalformedAnswer, InterruptedException {
        ConsistencyProof.Tree rebuilt =
                new ConsistencyProof.Tree(stretch.tree().size(), stretch.tree().root());
        List<Octets> nodes = log.log().consistency(rebuilt.size(), head);
        if (!ConsistencyProof.proves(nodes, rebuilt, tree(head))) {
            throw new LogAlert(
                    LogAlert.Kind.TAMPERED,
                    "%s: entries %d to %d are not those of its tree: rebuilt %d entries, root %s; its head: %s"
                            .formatted(
                                    log.name(),
                                    stretch.begin(),
                                    rebuilt.size() - 1,
                                    rebuilt.size(),
                                    rebuilt.root(),
                                    text(head)),
                    null);
        }
        LogIntake.Proven proven = reached(stretch, head);
        take(proven, progress);
        return new Stretch(stretch.tree(), Optional.of(proven.after()), stretch.first());
    }

    private void take(LogIntake.Proven proven, FollowProgress progress)
            throws LogUnavailable, InterruptedException {
        tally.add(tools.intake().take(log, proven));
        progress.stored(proven.after());
    }

    private static LogIntake.Proven reached(Stretch stretch, TreeHead head) {
        Frontier tree = stretch.tree();
        LogHead after =
                new LogHead(
                        stretch.first(),
                        tree.size(),
                        tree.root(),
                        tree.subtrees(),
                        head.timestamp());
        return new LogIntake.Proven(stretch.before(), after, List.copyOf(stretch.candidates()));
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
