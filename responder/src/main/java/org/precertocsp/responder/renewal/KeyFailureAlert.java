package org.precertocsp.responder.renewal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reports once that a key does not sign, with a log line and an alert, and once that it signs
/// again. Used by one thread.
///
/// A key that fails again within [#SETTLED] counts as failing all the time. Another cause meanwhile
/// is reported as the same alert, at most every [#BETWEEN].
final class KeyFailureAlert {
    static final Duration SETTLED = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(KeyFailureAlert.class);
    private static final Duration BETWEEN = Duration.ofMinutes(1);

    /// @param since when the key was first seen to fail
    /// @param reported when that, or another cause, was last reported
    /// @param wellSince since when it has signed again
    private record Failing(
            Instant since, Instant reported, String cause, Optional<Instant> wellSince) {
        Failing well(Optional<Instant> at) {
            return new Failing(since, reported, cause, at);
        }
    }

    private final String issuer;
    private final Alarm alarm;
    private @Nullable Failing failing;

    KeyFailureAlert(String issuer, Alarm alarm) {
        this.issuer = issuer;
        this.alarm = alarm;
    }

    /// @param problem why the key does not sign, or empty
    void update(Optional<String> problem, Instant now) {
        Failing before = failing;
        if (problem.isEmpty()) {
            if (before != null) {
                well(before, now);
            }
        } else if (before == null) {
            failing = raise(now, now, problem.get());
        } else if (!problem.get().equals(before.cause())
                && isLater(before.reported(), BETWEEN, now)) {
            failing = raise(before.since(), now, problem.get());
        } else {
            failing = before.well(Optional.empty());
        }
    }

    private void well(Failing before, Instant now) {
        Instant since = before.wellSince().orElse(now);
        if (!isLater(since, SETTLED, now)) {
            failing = before.well(Optional.of(since));
            return;
        }
        LOG.info(
                "the key of {} signs again after failing for {} s",
                issuer,
                Duration.between(before.since(), since).toSeconds());
        alarm.end(Incident.Kind.SIGNING, issuer);
        failing = null;
    }

    private Failing raise(Instant since, Instant now, String why) {
        LOG.error(
                "the key of {} does not sign: {}; responses signed before are still sent, other"
                        + " requests receive tryLater",
                issuer,
                why);
        alarm.raise(
                new Incident(
                        Incident.Kind.SIGNING,
                        issuer,
                        "The key of %s does not sign: %s. Responses signed before are sent until they"
                                        .formatted(issuer, why)
                                + " expire or their status changes; other requests receive"
                                + " tryLater. Repair the token or file; the server uses it again"
                                + " by itself, or at SIGHUP. If calls into the token never return,"
                                + " restart the server."));
        return new Failing(since, now, why, Optional.empty());
    }

    /// A clock that was set back counts as later, so that nothing waits for it.
    private static boolean isLater(Instant since, Duration by, Instant now) {
        return now.isBefore(since) || !now.isBefore(since.plus(by));
    }
}
