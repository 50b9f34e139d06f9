package org.precertocsp.responder.freshness;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;

/// Raises an alert in good time before a certificate ends that answers or the private API need.
/// Used by one thread.
///
/// Each lead time is an alert of its own, raised once in a run of the server: whoever acknowledged
/// the first and forgot hears of the next. A certificate exchanged meanwhile is another end, and so
/// another alert when its time comes; the alerts of the old one end.
public final class EndWatch {
    private record Told(String what, Instant end, Duration lead) {}

    private final List<Duration> leads;
    private final Alarm alarm;
    private final InstantSource clock;
    private final Supplier<Map<String, Instant>> ends;
    private final Set<Told> told = new HashSet<>();

    /// @param leads how long before the end; in any order
    /// @param ends of the certificates in use now, by what they are
    public EndWatch(
            List<Duration> leads,
            Alarm alarm,
            InstantSource clock,
            Supplier<Map<String, Instant>> ends) {
        this.leads = leads.stream().sorted().toList();
        this.alarm = alarm;
        this.clock = clock;
        this.ends = ends;
    }

    /// One round; an hour between two is often enough.
    public void look() {
        Instant now = clock.instant();
        Map<String, Instant> inUse = ends.get();
        told.stream()
                .map(Told::what)
                .filter(what -> !inUse.containsKey(what))
                .distinct()
                .forEach(what -> endAlerts(what, Instant.MAX, now));
        told.removeIf(it -> !it.end().equals(inUse.get(it.what())));
        inUse.forEach(
                (what, end) -> {
                    endAlerts(what, end, now);
                    look(what, end, now);
                });
    }

    /// Ends the alerts that a certificate with this end has no part in.
    private void endAlerts(String what, Instant end, Instant now) {
        if (now.isBefore(end)) {
            alarm.end(Incident.Kind.SIGNING, about(what, Duration.ZERO));
        }
        leads.stream()
                .filter(lead -> now.isBefore(end.minus(lead)))
                .forEach(lead -> alarm.end(Incident.Kind.SIGNING, about(what, lead)));
    }

    private void look(String what, Instant end, Instant now) {
        Optional<Duration> due =
                leads.stream()
                        .filter(lead -> !now.isBefore(end.minus(lead)))
                        .min(Comparator.naturalOrder());
        boolean over = !now.isBefore(end);
        Duration lead = over ? Duration.ZERO : due.orElse(Duration.ZERO);
        if ((over || due.isPresent()) && told.add(new Told(what, end, lead))) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.SIGNING,
                            about(what, lead),
                            "%s %s %s. Put a new one in its place; a running server takes it up"
                                            .formatted(what, over ? "ended at" : "ends at", end)
                                    + " by itself."));
        }
    }

    private static String about(String what, Duration lead) {
        return lead.isZero() ? what + ": over" : "%s: %s left".formatted(what, words(lead));
    }

    private static String words(Duration lead) {
        return lead.toDays() > 0 ? lead.toDays() + " days" : lead.toHours() + " hours";
    }
}
