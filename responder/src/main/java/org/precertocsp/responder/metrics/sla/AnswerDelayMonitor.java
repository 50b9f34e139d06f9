package org.precertocsp.responder.metrics.sla;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeListener;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.ServiceStartTimes;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Measures the 15-minute duty (SA-01): for each serial that becomes assigned, the time from its
/// publication to the first possible definitive answer. Follows every change of every feed.
/// Thread-safe.
///
/// A serial can be answered when its change set is committed and its issuer's key signs. Serials
/// committed while the key does not sign wait here, and an alert is raised when their time is over.
public final class AnswerDelayMonitor implements ChangeListener, AutoCloseable {
    /// The limit of the Baseline Requirements (§4.9.9).
    public static final Duration DUTY = Duration.ofMinutes(15);

    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);

    private final StatusReader reader;
    private final InstantSource clock;
    private final Map<IssuerKey, IssuerAnswerDelays> duties = new HashMap<>();
    private BackgroundTasks.@Nullable Task task;

    /// @param issuers with a responder; serials of others are not measured
    /// @param reader of the store that is changed
    public AnswerDelayMonitor(
            List<MeasuredIssuer> issuers,
            StatusReader reader,
            ServiceStartTimes starts,
            Alarm alarm,
            InstantSource clock) {
        this.reader = reader;
        this.clock = clock;
        Instant now = clock.instant();
        for (MeasuredIssuer issuer : issuers) {
            Instant start = starts.firstStart(issuer.key(), now);
            duties.put(issuer.key(), new IssuerAnswerDelays(issuer, start, alarm));
        }
    }

    /// Starts the periodic check; without it, call [#check].
    public AnswerDelayMonitor start(BackgroundTasks tasks) {
        task = tasks.every("first-answers", CHECK_EVERY, CHECK_EVERY, this::check);
        return this;
    }

    @Override
    public SetListener begin(ChangeSet set, ChangeSource source) {
        return new ChangeSetDelays(duties, reader, source, clock);
    }

    /// Counts waiting serials whose key signs again, and raises alerts for those that wait too
    /// long.
    void check() {
        Instant now = clock.instant();
        duties.values().forEach(duty -> duty.check(now));
    }

    /// The delays measured, for each issuer and basis.
    public List<AnswerDelayStatistics> states() {
        List<AnswerDelayStatistics> states = new ArrayList<>();
        duties.values().forEach(duty -> states.addAll(duty.states()));
        return states;
    }

    /// The serials not measured, for each issuer.
    public List<AnswerDelayStatistics.Apart> apart() {
        return duties.values().stream().map(IssuerAnswerDelays::apart).toList();
    }

    @Override
    public void close() {
        if (task != null) {
            task.close();
        }
    }

    /// The serials that one change set assigns, collected until it is committed. Not thread-safe.
    static final class ChangeSetDelays implements ChangeListener.SetListener {
        private static final Logger LOG = LoggerFactory.getLogger(ChangeSetDelays.class);

        /// A serial that a log may have published long before a feed brought it.
        private record Late(IssuerAnswerDelays duty, StatusChange.Assign change) {}

        // A range of log entries contains few of configured issuers.
        private static final int MAX_LATE = 100_000;

        private final Map<IssuerKey, IssuerAnswerDelays> duties;
        private final StatusReader reader;
        private final ChangeSource source;
        private final InstantSource clock;
        private final Map<IssuerAnswerDelays, AssignedSerialBatch> batches = new HashMap<>();
        private final List<Late> perhapsLate = new ArrayList<>();

        // Nearly all changes of a set concern one issuer.
        private @Nullable IssuerKey lastKey;
        private @Nullable IssuerAnswerDelays lastDuty;

        ChangeSetDelays(
                Map<IssuerKey, IssuerAnswerDelays> duties,
                StatusReader reader,
                ChangeSource source,
                InstantSource clock) {
            this.duties = duties;
            this.reader = reader;
            this.source = source;
            this.clock = clock;
        }

        @Override
        public void applied(List<StatusChange> changes, List<ChangeOutcome> outcomes) {
            for (int i = 0; i < changes.size(); i++) {
                applied(changes.get(i), outcomes.get(i));
            }
        }

        private void applied(StatusChange change, ChangeOutcome outcome) {
            switch (outcome) {
                case ChangeOutcome.Added _ -> added(change);
                case ChangeOutcome.AddedByRevocation _ -> listed(change);
                case ChangeOutcome.Changed changed when changed.firstAssigned() -> added(change);
                case ChangeOutcome.Changed _, ChangeOutcome.Unchanged _ -> known(change);
                case ChangeOutcome.Conflict _, ChangeOutcome.Refused _ -> {}
            }
        }

        private void added(StatusChange change) {
            if (!(change instanceof StatusChange.Assign assign)) {
                return;
            }
            IssuerAnswerDelays duty = duty(assign.key().issuer());
            if (duty == null) {
                return;
            }
            AssignedSerialBatch batch = batch(duty);
            if (assign.published().isPresent()) {
                if (assign.published().get().isBefore(duty.start())) {
                    batch.backfill();
                } else {
                    batch.published(assign.key().serial(), assign.published().get());
                }
            } else if (assign.by() == AssignedBy.DECLARATION || assign.commitment().isEmpty()) {
                batch.listed();
            } else {
                batch.takenIn();
            }
        }

        private void listed(StatusChange change) {
            IssuerAnswerDelays duty = duty(change.key().issuer());
            if (duty != null) {
                batch(duty).listed();
            }
        }

        /// A log may show that a serial was published long before a feed brought it.
        private void known(StatusChange change) {
            if (source.isLog()
                    && change instanceof StatusChange.Assign assign
                    && assign.published().isPresent()
                    && perhapsLate.size() < MAX_LATE) {
                IssuerAnswerDelays duty = duty(assign.key().issuer());
                if (duty != null && !assign.published().get().isBefore(duty.start())) {
                    perhapsLate.add(new Late(duty, assign));
                }
            }
        }

        // An equal but different object only costs a lookup.
        @SuppressWarnings("ReferenceEquality")
        private @Nullable IssuerAnswerDelays duty(IssuerKey issuer) {
            if (issuer != lastKey) {
                lastDuty = duties.get(issuer);
                lastKey = issuer;
            }
            return lastDuty;
        }

        private AssignedSerialBatch batch(IssuerAnswerDelays duty) {
            return batches.computeIfAbsent(duty, _ -> new AssignedSerialBatch(source.takenIn()));
        }

        @Override
        public void committed() {
            Instant now = clock.instant();
            batches.forEach((duty, batch) -> duty.add(batch, now));
            try {
                reportLate();
            } catch (StoreException e) {
                // The set is durable; a failed measurement must not suggest otherwise.
                LOG.warn("publication times of a log could not be compared with the intake", e);
            }
        }

        private void reportLate() {
            for (Late late : perhapsLate) {
                Instant published = late.change().published().orElseThrow();
                takenIn(late.change())
                        .filter(
                                at ->
                                        Duration.between(published, at)
                                                        .compareTo(AnswerDelayMonitor.DUTY)
                                                > 0)
                        .ifPresent(
                                at ->
                                        late.duty()
                                                .foundLate(
                                                        late.change().key().serial(),
                                                        published,
                                                        at));
            }
        }

        /// When a feed other than a log first brought the serial.
        private Optional<Instant> takenIn(StatusChange.Assign change) {
            return reader.dossier(change.key()).evidence().stream()
                    .findFirst()
                    .map(StatusDetails.Evidence::source)
                    .filter(source -> !source.isLog())
                    .map(ChangeSource::takenIn);
        }
    }
}
