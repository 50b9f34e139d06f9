package org.precertocsp.responder.intake.ctlog;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.certificate.LoggedCertificates;
import org.precertocsp.responder.intake.certificate.LoggedCertificates.Verdict;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.entry.Candidate;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.LogHead;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusWriter;

/// Stores what proven entries bring, and the place reached, in one write: killed at any moment, the
/// program neither skips an entry nor takes one twice. Thread-safe.
public final class LogIntake {
    private static final String KIND = "ct-log";

    /// Entries proven to be a log's.
    ///
    /// @param before what the store must have reached still
    /// @param after what it reaches with these entries
    /// @param candidates those that name an issuer of ours
    record Proven(Optional<LogHead> before, LogHead after, List<Candidate> candidates) {}

    private record Accepted(Candidate entry, StatusChange.Assign change) {}

    private record Found(Candidate entry, SerialKey serial) {}

    private final StatusWriter statuses;
    private final LoggedCertificates certificates;
    private final Discoveries discoveries;
    private final InstantSource clock;

    public LogIntake(
            StatusWriter statuses,
            LoggedCertificates certificates,
            Discoveries discoveries,
            InstantSource clock) {
        this.statuses = statuses;
        this.certificates = certificates;
        this.discoveries = discoveries;
        this.clock = clock;
    }

    /// How far the log has been taken in; empty if never.
    Optional<LogHead> reached(FollowedLog log) {
        try (ChangeSet set = statuses.begin(source(log, "state", Octets.of()))) {
            return set.logHead(log.id());
        }
    }

    /// Returns once everything is durable.
    ///
    /// @throws IllegalStateException someone else moved the log's place meanwhile; nothing changed
    LogTally take(FollowedLog log, Proven proven) throws LogUnavailable, InterruptedException {
        LogTally tally = new LogTally();
        // Before the set is open: others wait for it, and this may wait for the network.
        List<Accepted> accepted = judge(log, proven.candidates(), tally);
        List<Found> found = new ArrayList<>();
        long first = proven.before().map(LogHead::size).orElse(proven.after().first());
        String stretch = "entries %d to %d".formatted(first, proven.after().size() - 1);
        try (ChangeSet set = statuses.begin(source(log, stretch, proven.after().root()))) {
            if (!set.logHead(log.id()).equals(proven.before())) {
                throw new IllegalStateException(log.name() + " is followed twice at once");
            }
            for (Accepted one : accepted) {
                ChangeOutcome outcome = set.apply(one.change());
                tally.count(log.name(), one.entry().index(), one.change().key(), outcome);
                if (outcome instanceof ChangeOutcome.Added) {
                    found.add(new Found(one.entry(), one.change().key()));
                }
            }
            set.putLogHead(log.id(), proven.after());
            set.commit();
        }
        found.forEach(one -> discoveries.found(one.serial(), one.entry()));
        return tally;
    }

    private List<Accepted> judge(FollowedLog log, List<Candidate> candidates, LogTally tally)
            throws LogUnavailable, InterruptedException {
        EntryJudge judge = new EntryJudge(log, certificates);
        List<Accepted> accepted = new ArrayList<>();
        for (Candidate entry : candidates) {
            switch (judge.judge(entry)) {
                case Verdict.Ours(StatusChange.Assign change) ->
                        accepted.add(new Accepted(entry, change.seenAt(place(log, entry))));
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
        return new FeedSource(KIND, log.name() + " " + what, root, clock.instant());
    }
}
