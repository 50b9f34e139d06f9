package org.precertocsp.responder.freshness;

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
import org.precertocsp.responder.answer.KeptResponse;
import org.precertocsp.responder.answer.Presign;
import org.precertocsp.responder.answer.RenewalDeadline;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.SteadyClock;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps stored responses fresh until closed, each issuer on a thread of its own: what a revocation
/// changed first, then what was planned, then what has no response yet.
public final class Renewals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Renewals.class);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final AskedLately asked;
    private final Instant started;
    private final SteadyClock clock;
    private final List<IssuerRenewal> issuers = new ArrayList<>();
    private final List<BackgroundTasks.Task> tasks = new ArrayList<>();
    private final Set<String> overdue = new HashSet<>();

    private Renewals(List<RenewedIssuer> issuers, SteadyClock clock) {
        this.clock = clock;
        this.started = clock.instant();
        this.asked = new AskedLately(longestLife(issuers, started), started);
    }

    /// Tells the store what is to be signed ahead, and begins. Issuers that sign nothing ahead are
    /// told too, so that what was stored of them is forgotten.
    ///
    /// @param requests answered so far, to yield to clients
    public static Renewals start(
            BackgroundTasks tasks,
            List<RenewedIssuer> issuers,
            StatusStore statuses,
            RenewalStore store,
            SteadyClock clock,
            LongSupplier requests) {
        Renewals renewals = new Renewals(issuers, clock);
        for (RenewedIssuer issuer : issuers) {
            store.presign(issuer.issuer().key(), issuer.issuer().presign());
            if (issuer.issuer().presign() != Presign.NONE) {
                renewals.add(issuer, statuses, store, requests);
            }
        }
        renewals.issuers.forEach(issuer -> renewals.run(tasks.required(), issuer));
        return renewals;
    }

    private void add(
            RenewedIssuer issuer, StatusStore statuses, RenewalStore store, LongSupplier requests) {
        RenewalRules rules = new RenewalRules(issuer.issuer(), this::wasAsked);
        RenewalWork work = new RenewalWork(issuer, rules, statuses, clock);
        Pace pace = new Pace(requests, System::nanoTime);
        issuers.add(new IssuerRenewal(issuer, store, work, pace, clock, System::nanoTime));
    }

    private static Duration longestLife(List<RenewedIssuer> issuers, Instant now) {
        return issuers.stream()
                .map(it -> ValidityWindow.from(now, it.issuer().validity()))
                .map(it -> Duration.between(it.thisUpdate(), RenewalDeadline.of(it)))
                .max(Duration::compareTo)
                .orElse(Duration.ofDays(1));
    }

    /// Notes that a client asked for a response, whichever layer answers. Never blocks, for event
    /// loops.
    public void asked(ResponseKey key) {
        asked.add(key);
    }

    /// Of a response signed before we started nobody knows: it is renewed once.
    private boolean wasAsked(KeptResponse kept) {
        return kept.window().thisUpdate().isBefore(started) || asked.contains(kept.key());
    }

    private void run(BackgroundTasks all, IssuerRenewal issuer) {
        tasks.add(
                all.thread(
                        "renewal-" + issuer.state().issuer(),
                        () -> {
                            Duration rest = issuer.step();
                            asked.turn(clock.instant());
                            return rest;
                        }));
    }

    /// One to each issuer that signs ahead.
    public List<RenewalState> states() {
        return issuers.stream().map(IssuerRenewal::state).toList();
    }

    /// Raises an alert for each issuer whose renewals are overdue, and ends it when they no longer
    /// are. One round; a few seconds between two are often enough. Used by one thread.
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
        return ("%s. Such responses are no longer given out: each is signed when it is asked for,"
                        + " which a slow or failing key cannot keep up with. Look at the key of this"
                        + " issuer (alert SIGNING, metrics signing_waiting, signing_refused and"
                        + " renewal_lag_seconds), and give it more signatures at once"
                        + " (signing.maxInFlight) where it can do more.")
                .formatted(why);
    }

    /// What has been signed is written; what waits for its signature remains due.
    @Override
    public void close() {
        tasks.forEach(BackgroundTasks.Task::stopNow);
        for (BackgroundTasks.Task task : tasks) {
            if (!task.join(STOP)) {
                LOG.warn("{} is left alone: the key does not answer", task.state().name());
            }
        }
        issuers.forEach(IssuerRenewal::close);
    }
}
