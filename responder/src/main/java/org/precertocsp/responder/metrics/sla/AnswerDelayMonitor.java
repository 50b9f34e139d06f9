package org.precertocsp.responder.metrics.sla;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.status.ChangeListener;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.ServiceStartTimes;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.task.BackgroundTasks;

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
}
