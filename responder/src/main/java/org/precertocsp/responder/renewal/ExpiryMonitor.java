package org.precertocsp.responder.renewal;

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

/// Raises alerts before certificates expire that responses or the private API need. Used by one
/// thread.
///
/// Each lead time is an alert of its own, raised once in a run of the server, so that somebody who
/// acknowledged the first and forgot it receives the next. A replaced certificate has its own
/// alerts; those of the old one end.
public final class ExpiryMonitor {
    private record Raised(String what, Instant end, Duration lead) {}

    private final List<Duration> leads;
    private final Alarm alarm;
    private final InstantSource clock;
    private final Supplier<Map<String, Instant>> ends;
    private final Set<Raised> raised = new HashSet<>();

    /// @param leads times before the expiry, in any order
    /// @param ends expiry of the certificates in use now, by description
    public ExpiryMonitor(
            List<Duration> leads,
            Alarm alarm,
            InstantSource clock,
            Supplier<Map<String, Instant>> ends) {
        this.leads = leads.stream().sorted().toList();
        this.alarm = alarm;
        this.clock = clock;
        this.ends = ends;
    }

    /// Performs one round; once an hour is sufficient.
    public void check() {
        Instant now = clock.instant();
        Map<String, Instant> inUse = ends.get();
        raised.stream()
                .map(Raised::what)
                .filter(what -> !inUse.containsKey(what))
                .distinct()
                .forEach(what -> endAlerts(what, Instant.MAX, now));
        raised.removeIf(it -> !it.end().equals(inUse.get(it.what())));
        inUse.forEach(
                (what, end) -> {
                    endAlerts(what, end, now);
                    check(what, end, now);
                });
    }

    /// Ends the alerts that do not apply to a certificate with this expiry.
    private void endAlerts(String what, Instant end, Instant now) {
        if (now.isBefore(end)) {
            alarm.end(Incident.Kind.SIGNING, about(what, Duration.ZERO));
        }
        leads.stream()
                .filter(lead -> now.isBefore(end.minus(lead)))
                .forEach(lead -> alarm.end(Incident.Kind.SIGNING, about(what, lead)));
    }

    private void check(String what, Instant end, Instant now) {
        Optional<Duration> due =
                leads.stream()
                        .filter(lead -> !now.isBefore(end.minus(lead)))
                        .min(Comparator.naturalOrder());
        boolean over = !now.isBefore(end);
        Duration lead = over ? Duration.ZERO : due.orElse(Duration.ZERO);
        if ((over || due.isPresent()) && raised.add(new Raised(what, end, lead))) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.SIGNING,
                            about(what, lead),
                            "%s %s %s. Replace it; a running server loads the new one by itself."
                                    .formatted(what, over ? "expired at" : "expires at", end)));
        }
    }

    private static String about(String what, Duration lead) {
        return lead.isZero() ? what + ": over" : "%s: %s left".formatted(what, words(lead));
    }

    private static String words(Duration lead) {
        return lead.toDays() > 0 ? lead.toDays() + " days" : lead.toHours() + " hours";
    }
}
