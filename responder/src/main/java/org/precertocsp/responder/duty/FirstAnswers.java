package org.precertocsp.responder.duty;

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
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.task.BackgroundTasks;

/// Measures the 15-minute duty (SA-01): for each serial that becomes assigned, the time from its
/// publication to the first definitive answer that could be given. Follows every change of every
/// feed. Thread-safe.
///
/// A serial can be answered once its change set is committed and its issuer's key signs. What is
/// committed while the key does not sign waits here, and an alarm is raised when the time is over.
/// The README of the module tells what is counted, what is counted apart, and why.
public final class FirstAnswers implements ChangeListener, AutoCloseable {
    /// What the Baseline Requirements give (§4.9.9).
    public static final Duration DUTY = Duration.ofMinutes(15);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final StatusReader reader;
    private final InstantSource clock;
    private final Map<IssuerKey, IssuerDuty> duties = new HashMap<>();
    private BackgroundTasks.@Nullable Task task;

    /// @param issuers that are answered for; serials of others are not measured
    /// @param reader of the store that is changed
    public FirstAnswers(
            List<MeasuredIssuer> issuers,
            StatusReader reader,
            ServiceStarts starts,
            Alarm alarm,
            InstantSource clock) {
        this.reader = reader;
        this.clock = clock;
        Instant now = clock.instant();
        for (MeasuredIssuer issuer : issuers) {
            Instant start = starts.firstStart(issuer.key(), now);
            duties.put(issuer.key(), new IssuerDuty(issuer, start, alarm));
        }
    }

    /// Begins to look after what waits; without it, call [#look].
    public FirstAnswers start(BackgroundTasks tasks) {
        task = tasks.every("first-answers", LOOK_EVERY, LOOK_EVERY, this::look);
        return this;
    }

    @Override
    public SetListener begin(ChangeSet set, FeedSource source) {
        return new SetDuty(duties, reader, source, clock);
    }

    /// Serves what waits for a key that signs again, and raises what has waited too long.
    void look() {
        Instant now = clock.instant();
        duties.values().forEach(duty -> duty.look(now));
    }

    /// What was measured, for each issuer and basis.
    public List<DutyState> states() {
        List<DutyState> states = new ArrayList<>();
        duties.values().forEach(duty -> states.addAll(duty.states()));
        return states;
    }

    /// What was not, for each issuer.
    public List<DutyState.Apart> apart() {
        return duties.values().stream().map(IssuerDuty::apart).toList();
    }

    @Override
    public void close() {
        if (task != null) {
            task.close();
        }
    }
}
