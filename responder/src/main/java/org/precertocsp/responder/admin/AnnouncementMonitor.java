package org.precertocsp.responder.admin;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.status.Announcements;
import org.precertocsp.responder.status.SerialKey;

/// Raises an alert for each announced serial that is neither assigned nor cancelled in its window:
/// a precertificate may exist that nobody submitted, and clients receive tryLater until it is. The
/// alert ends when the serial is assigned or cancelled.
///
/// Overdue serials are read from the store in each round, so a restart forgets nothing; it raises
/// the same alerts again. Used by one thread.
public final class AnnouncementMonitor {
    /// Read in a round, per issuer; beyond it only the number matters.
    static final int MAX_OVERDUE = 1_000;

    /// Raised one by one in a round, per issuer.
    static final int MAX_RAISED = 50;

    private static final Duration LONGEST_ROUND = Duration.ofSeconds(30);

    private final ConfiguredIssuer.Directory issuers;
    private final Announcements announcements;
    private final Duration window;
    private final Alarm alarm;
    private final InstantSource clock;

    /// The subject of each alert.
    private final Map<SerialKey, String> overdue = new HashMap<>();

    public AnnouncementMonitor(
            ConfiguredIssuer.Directory issuers,
            Announcements announcements,
            Duration window,
            Alarm alarm,
            InstantSource clock) {
        this.issuers = issuers;
        this.announcements = announcements;
        this.window = window;
        this.alarm = alarm;
        this.clock = clock;
    }

    /// The time between rounds: a tenth of the window, at most 30 seconds.
    public Duration interval() {
        Duration tenth = window.dividedBy(10);
        return tenth.compareTo(LONGEST_ROUND) < 0 ? tenth : LONGEST_ROUND;
    }

    /// Raises alerts for serials that have become overdue, and ends those of serials that no longer
    /// are.
    public void check() {
        Map<SerialKey, String> still = new HashMap<>();
        boolean complete = true;
        for (ConfiguredIssuer issuer : issuers.issuers()) {
            List<Announcements.Open> late =
                    announcements.open(issuer.key(), clock.instant().minus(window), MAX_OVERDUE);
            late.forEach(open -> still.put(open.key(), about(issuer, open)));
            complete &= late.size() < MAX_OVERDUE;
            raise(issuer, late.stream().filter(it -> !overdue.containsKey(it.key())).toList());
            if (late.size() <= MAX_RAISED) {
                alarm.end(Incident.Kind.ANNOUNCEMENT_OVERDUE, issuer.name());
            }
        }
        if (complete) {
            overdue.keySet().removeAll(still.keySet());
            overdue.values().forEach(about -> alarm.end(Incident.Kind.ANNOUNCEMENT_OVERDUE, about));
        }
        overdue.clear();
        overdue.putAll(still);
    }

    /// Ends the alerts, also those of an earlier run: another server raises them.
    public void endAll() {
        for (ConfiguredIssuer issuer : issuers.issuers()) {
            announcements
                    .open(issuer.key(), clock.instant().minus(window), MAX_OVERDUE)
                    .forEach(open -> overdue.put(open.key(), about(issuer, open)));
            alarm.end(Incident.Kind.ANNOUNCEMENT_OVERDUE, issuer.name());
        }
        overdue.values().forEach(about -> alarm.end(Incident.Kind.ANNOUNCEMENT_OVERDUE, about));
        overdue.clear();
    }

    private static String about(ConfiguredIssuer issuer, Announcements.Open open) {
        return issuer.name() + " " + open.key().serial();
    }

    private void raise(ConfiguredIssuer issuer, List<Announcements.Open> late) {
        for (Announcements.Open open : late.subList(0, Math.min(MAX_RAISED, late.size()))) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.ANNOUNCEMENT_OVERDUE,
                            about(issuer, open),
                            ("announced %s and neither assigned nor cancelled within %s: submit its"
                                            + " precertificate, or cancel the announcement if none"
                                            + " was signed")
                                    .formatted(open.at(), text(window))));
        }
        if (late.size() > MAX_RAISED) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.ANNOUNCEMENT_OVERDUE,
                            issuer.name(),
                            "%s%d announced serials are overdue besides those named: check the issuing system"
                                    .formatted(
                                            late.size() == MAX_OVERDUE ? "more than " : "",
                                            late.size() - MAX_RAISED)));
        }
    }

    private static String text(Duration duration) {
        return duration.toSecondsPart() == 0
                ? duration.toMinutes() + " minutes"
                : duration.toSeconds() + " seconds";
    }
}
