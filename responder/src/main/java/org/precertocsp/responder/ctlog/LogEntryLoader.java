package org.precertocsp.responder.ctlog;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.intake.LoadCounters;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.certificate.LoggedCertificateVerifier;
import org.precertocsp.responder.intake.certificate.LoggedCertificateVerifier.Verdict;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CtLogPosition;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusWriter;

/// Stores the changes of proven entries and the position reached in one write, so that a crash at
/// any moment neither skips nor repeats an entry. Thread-safe.
public final class LogEntryLoader {
    /// Entries proven to be part of a log.
    ///
    /// @param before the position that the store must still have
    /// @param after the position after these entries
    /// @param candidates entries that name a configured issuer
    record Proven(
            Optional<CtLogPosition> before, CtLogPosition after, List<CandidateEntry> candidates) {}

    private record Accepted(CandidateEntry entry, StatusChange.Assign change) {}

    private static final String KIND = "ct-log";

    private final StatusWriter statuses;
    private final Function<ByteString, Optional<CtLogPosition>> heads;
    private final LoggedCertificateVerifier certificates;
    private final Set<IssuerKey> alertOnly;
    private final InstantSource clock;

    /// For a process that is the only writer: positions are read through a change set.
    ///
    /// @param alertOnly issuers whose serials a log does not assign
    public LogEntryLoader(
            StatusWriter statuses,
            LoggedCertificateVerifier certificates,
            Set<IssuerKey> alertOnly,
            InstantSource clock) {
        this(
                statuses,
                id -> {
                    ChangeSource reading =
                            new ChangeSource(
                                    ChangeSource.CT_LOG, "state", ByteString.of(), clock.instant());
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
    public LogEntryLoader(
            StatusWriter statuses,
            Function<ByteString, Optional<CtLogPosition>> heads,
            LoggedCertificateVerifier certificates,
            Set<IssuerKey> alertOnly,
            InstantSource clock) {
        this.statuses = statuses;
        this.heads = heads;
        this.certificates = certificates;
        this.alertOnly = Set.copyOf(alertOnly);
        this.clock = clock;
    }

    /// The position in a log; empty if it was never read.
    public Optional<CtLogPosition> reached(FollowedLog log) {
        return heads.apply(log.id());
    }

    /// For the entries of a log.
    static LoadCounters counters(FollowedLog log) {
        return new LoadCounters(KIND, log.name());
    }

    /// Returns once everything is durable.
    ///
    /// @throws IllegalStateException the position changed meanwhile; nothing was stored
    LoadCounters store(FollowedLog log, Proven proven)
            throws LogUnavailableException, InterruptedException {
        LoadCounters counters = counters(log);
        // Before the change set is open, which blocks other writers: this may wait for the network.
        List<Accepted> accepted = verified(log, proven.candidates(), counters);
        long first = proven.before().map(CtLogPosition::size).orElse(proven.after().first());
        String range = "entries %d to %d".formatted(first, proven.after().size() - 1);
        try (ChangeSet set = statuses.begin(source(log, range, proven.after().root()))) {
            StateKey.LogPosition position = new StateKey.LogPosition(log.id());
            if (!set.get(position).equals(proven.before())) {
                throw new IllegalStateException(log.name() + " is followed twice at the same time");
            }
            for (Accepted one : accepted) {
                take(log, one, set, counters);
            }
            set.put(position, proven.after());
            set.commit();
        }
        return counters;
    }

    /// A serial that no feed of the CA has brought is recorded in the same write, for
    /// [org.precertocsp.responder.ctlog.MissingFromFeedMonitor].
    private void take(FollowedLog log, Accepted one, ChangeSet set, LoadCounters counters) {
        SerialKey key = one.change().key();
        SourceLocation place = new SourceLocation.Entry(one.entry().index());
        Optional<StatusRecord> before = set.find(key);
        boolean first = before.isEmpty() || before.get() instanceof StatusRecord.Announced;
        boolean assigned = !first || !alertOnly.contains(key.issuer());
        if (assigned) {
            counters.count(place, key, set.apply(one.change()));
        } else {
            counters.warn(place, "serial " + key.serial() + " is not assigned: alert-only");
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

    private CtObservation sighting(FollowedLog log, Accepted one, boolean assigned) {
        CtObservation.LoggedDocument document =
                new CtObservation.LoggedDocument(
                        log.name(),
                        one.entry().index(),
                        one.entry().timestamp(),
                        one.change().by(),
                        one.change().commitment().orElseThrow().documentSha256());
        return new CtObservation(
                one.change().key(),
                document,
                assigned,
                clock.instant(),
                new CtObservation.State.Waiting());
    }

    private List<Accepted> verified(
            FollowedLog log, List<CandidateEntry> candidates, LoadCounters counters)
            throws LogUnavailableException, InterruptedException {
        LogEntryVerifier verifier = new LogEntryVerifier(log, certificates);
        List<Accepted> accepted = new ArrayList<>();
        for (CandidateEntry entry : candidates) {
            switch (verifier.verify(entry)) {
                case Verdict.Ours(StatusChange.Assign change) ->
                        accepted.add(
                                new Accepted(
                                        entry,
                                        change.seenAt(place(log, entry))
                                                .publishedAt(entry.timestamp())));
                case Verdict.Foreign _ -> {}
                case Verdict.Unusable(String why) ->
                        counters.refuse(new SourceLocation.Entry(entry.index()), why);
            }
        }
        return accepted;
    }

    private static String place(FollowedLog log, CandidateEntry entry) {
        return "seen in CT log %s, entry %d of %s"
                .formatted(log.name(), entry.index(), entry.timestamp());
    }

    private ChangeSource source(FollowedLog log, String what, ByteString root) {
        return new ChangeSource(
                ChangeSource.CT_LOG, log.name() + " " + what, root, clock.instant());
    }

    /// Verifies entries that name a configured issuer, with the Precertificate Signing Certificate
    /// if one signed. Used for one range of entries by one thread.
    static final class LogEntryVerifier {
        private final FollowedLog log;
        private final LoggedCertificateVerifier certificates;
        // At most one per candidate of the range.
        private final Map<ByteString, Optional<ByteString>> fetched = new HashMap<>();

        LogEntryVerifier(FollowedLog log, LoggedCertificateVerifier certificates) {
            this.log = log;
            this.certificates = certificates;
        }

        /// May block on the network.
        Verdict verify(CandidateEntry entry) throws LogUnavailableException, InterruptedException {
            EntryExtraData submitted = entry.submitted();
            if (!entry.isPrecertificate()) {
                return certificates.certificate(entry.body());
            }
            ByteString precertificate = submitted.precertificate().orElseThrow();
            List<ByteString> chain = submitted.issuer().stream().toList();
            Verdict verdict = certificates.precertificate(entry.body(), precertificate, chain);
            if (verdict instanceof Verdict.Unusable && submitted.issuerSha256().isPresent()) {
                // Nearly always the issuer itself signed, so the certificate is fetched only now.
                Optional<ByteString> signer = issuer(submitted.issuerSha256().get());
                if (signer.isPresent()) {
                    return certificates.precertificate(
                            entry.body(), precertificate, List.of(signer.get()));
                }
            }
            return verdict;
        }

        private Optional<ByteString> issuer(ByteString sha256)
                throws LogUnavailableException, InterruptedException {
            Optional<ByteString> known = fetched.get(sha256);
            if (known == null) {
                known = log.log().issuer(sha256);
                fetched.put(sha256, known);
            }
            return known;
        }
    }
}
