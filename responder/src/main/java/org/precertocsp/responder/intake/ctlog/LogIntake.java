package org.precertocsp.responder.intake.ctlog;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.certificate.LoggedCertificates;
import org.precertocsp.responder.intake.certificate.LoggedCertificates.Verdict;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.entry.Candidate;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.LogHead;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.Sighting;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusWriter;

/// Stores what proven entries bring, and the place reached, in one write: killed at any moment, the
/// program neither skips an entry nor takes one twice. Thread-safe.
public final class LogIntake {
    /// Entries proven to be a log's.
    ///
    /// @param before what the store must have reached still
    /// @param after what it reaches with these entries
    /// @param candidates those that name an issuer of ours
    record Proven(Optional<LogHead> before, LogHead after, List<Candidate> candidates) {}

    private record Accepted(Candidate entry, StatusChange.Assign change) {}

    private final StatusWriter statuses;
    private final Function<Octets, Optional<LogHead>> heads;
    private final LoggedCertificates certificates;
    private final Set<IssuerKey> alertOnly;
    private final InstantSource clock;

    /// Where nobody else writes: how far a log was taken in is read from a set of changes.
    ///
    /// @param alertOnly issuers of whose serials a log assigns none
    public LogIntake(
            StatusWriter statuses,
            LoggedCertificates certificates,
            Set<IssuerKey> alertOnly,
            InstantSource clock) {
        this(
                statuses,
                id -> {
                    FeedSource reading =
                            new FeedSource(
                                    FeedSource.CT_LOG, "state", Octets.of(), clock.instant());
                    try (ChangeSet set = statuses.begin(reading)) {
                        return set.get(new StateKey.LogPosition(id));
                    }
                },
                certificates,
                alertOnly,
                clock);
    }

    /// @param heads how far the log of an ID has been taken in; must not wait for other loads
    /// @param alertOnly issuers of whose serials a log assigns none
    public LogIntake(
            StatusWriter statuses,
            Function<Octets, Optional<LogHead>> heads,
            LoggedCertificates certificates,
            Set<IssuerKey> alertOnly,
            InstantSource clock) {
        this.statuses = statuses;
        this.heads = heads;
        this.certificates = certificates;
        this.alertOnly = Set.copyOf(alertOnly);
        this.clock = clock;
    }

    /// How far the log has been taken in; empty if never.
    public Optional<LogHead> reached(FollowedLog log) {
        return heads.apply(log.id());
    }

    /// Returns once everything is durable.
    ///
    /// @throws IllegalStateException someone else moved the log's place meanwhile; nothing changed
    LogTally take(FollowedLog log, Proven proven) throws LogUnavailable, InterruptedException {
        LogTally tally = new LogTally();
        // Before the set is open: others wait for it, and this may wait for the network.
        List<Accepted> accepted = judge(log, proven.candidates(), tally);
        long first = proven.before().map(LogHead::size).orElse(proven.after().first());
        String stretch = "entries %d to %d".formatted(first, proven.after().size() - 1);
        try (ChangeSet set = statuses.begin(source(log, stretch, proven.after().root()))) {
            StateKey.LogPosition position = new StateKey.LogPosition(log.id());
            if (!set.get(position).equals(proven.before())) {
                throw new IllegalStateException(log.name() + " is followed twice at once");
            }
            for (Accepted one : accepted) {
                take(log, one, set, tally);
            }
            set.put(position, proven.after());
            set.commit();
        }
        return tally;
    }

    /// A serial that no feed of the CA's own has brought is noted in the same write, for
    /// [org.precertocsp.responder.intake.ctlog.watch.NeverFed] to look after.
    private void take(FollowedLog log, Accepted one, ChangeSet set, LogTally tally) {
        SerialKey key = one.change().key();
        long index = one.entry().index();
        Optional<StatusRecord> before = set.find(key);
        boolean first = before.isEmpty() || before.get() instanceof StatusRecord.Announced;
        boolean assigned = !first || !alertOnly.contains(key.issuer());
        if (assigned) {
            tally.count(log.name(), index, key, set.apply(one.change()));
        } else {
            tally.warn(
                    log.name(), index, "serial " + key.serial() + " is not assigned: alert-only");
        }
        StateKey.LogObservation observation = new StateKey.LogObservation(key);
        if (first && !hasEnded(one.change()) && set.get(observation).isEmpty()) {
            set.put(observation, sighting(log, one, assigned));
        }
    }

    /// What nobody relies on any more is not worth an alarm.
    private boolean hasEnded(StatusChange.Assign change) {
        return change.notAfter().isPresent() && change.notAfter().get().isBefore(clock.instant());
    }

    private Sighting sighting(FollowedLog log, Accepted one, boolean assigned) {
        Sighting.LoggedDocument document =
                new Sighting.LoggedDocument(
                        log.name(),
                        one.entry().index(),
                        one.entry().timestamp(),
                        one.change().by(),
                        one.change().commitment().orElseThrow().documentSha256());
        return new Sighting(
                one.change().key(),
                document,
                assigned,
                clock.instant(),
                new Sighting.State.Waiting());
    }

    private List<Accepted> judge(FollowedLog log, List<Candidate> candidates, LogTally tally)
            throws LogUnavailable, InterruptedException {
        EntryJudge judge = new EntryJudge(log, certificates);
        List<Accepted> accepted = new ArrayList<>();
        for (Candidate entry : candidates) {
            switch (judge.judge(entry)) {
                case Verdict.Ours(StatusChange.Assign change) ->
                        accepted.add(
                                new Accepted(
                                        entry,
                                        change.seenAt(place(log, entry))
                                                .publishedAt(entry.timestamp())));
                case Verdict.Foreign _ -> {}
                case Verdict.Unusable(String why) -> tally.refuse(log.name(), entry.index(), why);
            }
        }
        return accepted;
    }

    private static String place(FollowedLog log, Candidate entry) {
        return "seen in CT log %s, entry %d of %s"
                .formatted(log.name(), entry.index(), entry.timestamp());
    }

    private FeedSource source(FollowedLog log, String what, Octets root) {
        return new FeedSource(FeedSource.CT_LOG, log.name() + " " + what, root, clock.instant());
    }
}
