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

/// Stores the changes of proven entries and the position reached in one write, so that a crash at
/// any moment neither skips nor repeats an entry. Thread-safe.
public final class LogIntake {
    /// Entries proven to be part of a log.
    ///
    /// @param before the position that the store must still have
    /// @param after the position after these entries
    /// @param candidates entries that name a configured issuer
    record Proven(Optional<LogHead> before, LogHead after, List<Candidate> candidates) {}

    private record Accepted(Candidate entry, StatusChange.Assign change) {}

    private final StatusWriter statuses;
    private final Function<Octets, Optional<LogHead>> heads;
    private final LoggedCertificates certificates;
    private final Set<IssuerKey> alertOnly;
    private final InstantSource clock;

    /// For a process that is the only writer: positions are read through a change set.
    ///
    /// @param alertOnly issuers whose serials a log does not assign
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

    /// @param heads the position in a log, by log ID; must not wait for other loads
    /// @param alertOnly issuers whose serials a log does not assign
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

    /// The position in a log; empty if it was never read.
    public Optional<LogHead> reached(FollowedLog log) {
        return heads.apply(log.id());
    }

    /// Returns once everything is durable.
    ///
    /// @throws IllegalStateException the position changed meanwhile; nothing was stored
    LogTally store(FollowedLog log, Proven proven) throws LogUnavailable, InterruptedException {
        LogTally tally = new LogTally();
        // Before the change set is open, which blocks other writers: this may wait for the network.
        List<Accepted> accepted = verified(log, proven.candidates(), tally);
        long first = proven.before().map(LogHead::size).orElse(proven.after().first());
        String range = "entries %d to %d".formatted(first, proven.after().size() - 1);
        try (ChangeSet set = statuses.begin(source(log, range, proven.after().root()))) {
            StateKey.LogPosition position = new StateKey.LogPosition(log.id());
            if (!set.get(position).equals(proven.before())) {
                throw new IllegalStateException(log.name() + " is followed twice at the same time");
            }
            for (Accepted one : accepted) {
                take(log, one, set, tally);
            }
            set.put(position, proven.after());
            set.commit();
        }
        return tally;
    }

    /// A serial that no feed of the CA has brought is recorded in the same write, for
    /// [org.precertocsp.responder.intake.ctlog.watch.NeverFed].
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

    /// An expired certificate is not worth an alert.
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

    private List<Accepted> verified(FollowedLog log, List<Candidate> candidates, LogTally tally)
            throws LogUnavailable, InterruptedException {
        EntryJudge verifier = new EntryJudge(log, certificates);
        List<Accepted> accepted = new ArrayList<>();
        for (Candidate entry : candidates) {
            switch (verifier.verify(entry)) {
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
