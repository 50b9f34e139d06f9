package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.precertocsp.ocsp.ValidityWindow;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.RenewalDeadline;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renews stored responses until closed, each issuer on a thread of its own: first those that a
/// revocation changed, then planned ones, then serials without a response.
public final class RenewalService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RenewalService.class);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final RecentRequestFilter requested;
    private final Instant started;
    private final MonotonicClock clock;
    private final List<IssuerRenewalWorker> issuers = new ArrayList<>();
    private final List<BackgroundTasks.Task> tasks = new ArrayList<>();
    private final Set<String> overdue = new HashSet<>();

    private RenewalService(List<RenewalIssuer> issuers, MonotonicClock clock) {
        this.clock = clock;
        this.started = clock.instant();
        this.requested = new RecentRequestFilter(longestLife(issuers, started), started);
    }

    /// Configures the store and starts. Issuers that sign nothing in advance are configured, too,
    /// so that their stored responses are deleted.
    ///
    /// @param requests number answered so far, for yielding to clients
    public static RenewalService start(
            BackgroundTasks tasks,
            List<RenewalIssuer> issuers,
            StatusStore statuses,
            RenewalQueue store,
            MonotonicClock clock,
            LongSupplier requests) {
        RenewalService renewals = new RenewalService(issuers, clock);
        for (RenewalIssuer issuer : issuers) {
            store.presign(issuer.issuer().key(), issuer.issuer().presign());
            if (issuer.issuer().presign() != PresignMode.NONE) {
                renewals.add(issuer, statuses, store, requests);
            }
        }
        renewals.issuers.forEach(issuer -> renewals.run(tasks.required(), issuer));
        return renewals;
    }

    private void add(
            RenewalIssuer issuer, StatusStore statuses, RenewalQueue store, LongSupplier requests) {
        RenewalRules rules = new RenewalRules(issuer.issuer(), this::wasAsked);
        RenewalSigner work = new RenewalSigner(issuer, rules, statuses, clock);
        LoadThrottle pace = new LoadThrottle(requests, System::nanoTime);
        issuers.add(new IssuerRenewalWorker(issuer, store, work, pace, clock, System::nanoTime));
    }

    private static Duration longestLife(List<RenewalIssuer> issuers, Instant now) {
        return issuers.stream()
                .map(it -> ValidityWindow.from(now, it.issuer().validity()))
                .map(it -> Duration.between(it.thisUpdate(), RenewalDeadline.of(it)))
                .max(Duration::compareTo)
                .orElse(Duration.ofDays(1));
    }

    /// Records that a client requested a response, whichever layer answers. Never blocks, for event
    /// loops.
    public void asked(ResponseKey key) {
        requested.add(key);
    }

    /// For a response signed before the start this is unknown: it is renewed once.
    private boolean wasAsked(StoredResponse kept) {
        return kept.window().thisUpdate().isBefore(started) || requested.contains(kept.key());
    }

    private void run(BackgroundTasks all, IssuerRenewalWorker issuer) {
        tasks.add(
                all.thread(
                        "renewal-" + issuer.state().issuer(),
                        () -> {
                            Duration rest = issuer.step();
                            requested.rotate(clock.instant());
                            return rest;
                        }));
    }

    /// One for each issuer that signs in advance.
    public List<RenewalState> states() {
        return issuers.stream().map(IssuerRenewalWorker::state).toList();
    }

    /// Raises an alert for each issuer whose renewals are overdue, and ends it when they no longer
    /// are. To be called every few seconds, by one thread.
    public void lookForOverdue(Alarm alarm) {
        for (RenewalState state : states()) {
            if (state.overdue().isPresent() && overdue.add(state.issuer())) {
                alarm.raise(
                        new Incident(
                                Incident.Kind.RENEWAL_OVERDUE,
                                state.issuer(),
                                overdueText(state.overdue().get())));
            } else if (state.overdue().isEmpty() && overdue.remove(state.issuer())) {
                alarm.end(Incident.Kind.RENEWAL_OVERDUE, state.issuer());
            }
        }
    }

    private static String overdueText(String why) {
        return ("%s. Such responses are no longer sent: each is signed on request, which a slow or"
                        + " failing key cannot keep up with. Check the key of this"
                        + " issuer (alert SIGNING, metrics signing_waiting, signing_refused and"
                        + " renewal_lag_seconds), and give it more signatures at once"
                        + " (signing.maxInFlight) where it can do more.")
                .formatted(why);
    }

    /// Signed responses are written; others remain due.
    @Override
    public void close() {
        tasks.forEach(BackgroundTasks.Task::stopNow);
        for (BackgroundTasks.Task task : tasks) {
            if (!task.join(STOP)) {
                LOG.warn("{} does not stop, because the key does not answer", task.state().name());
            }
        }
        issuers.forEach(IssuerRenewalWorker::close);
    }
}
