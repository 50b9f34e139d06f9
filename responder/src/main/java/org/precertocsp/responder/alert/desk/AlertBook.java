package org.precertocsp.responder.alert.desk;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.precertocsp.responder.alert.Acknowledgement;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.alert.Alerts.UnknownAlert;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.alert.Notice;

/// The rules of alerts: what is the same alert, when one escalates, how many are kept. No I/O and
/// no clock. Not thread-safe.
final class AlertBook {
    /// Open alerts of one kind; what comes beyond shares one.
    static final int MAX_OPEN_OF_A_KIND = 100;

    /// Acknowledged alerts kept to be looked at; the audit log keeps all.
    static final int MAX_ACKNOWLEDGED = 1_000;

    static final String OTHERS = "(others)";

    private static final Comparator<Alert> WORST_FIRST =
            Comparator.comparing(Alert::severity)
                    .thenComparing(Alert::raisedAt)
                    .thenComparing(Alert::id);
    private static final Comparator<Alert> NEWEST_FIRST =
            Comparator.<Alert, Instant>comparing(
                            alert -> alert.acknowledgement().map(Acknowledgement::at).orElseThrow())
                    .reversed();
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyMMdd").withZone(ZoneOffset.UTC);

    private final AlertConfig config;
    private final IntSupplier random;
    private final Map<String, Alert> alerts = new LinkedHashMap<>();

    /// @param random for IDs; any numbers will do
    AlertBook(AlertConfig config, Collection<Alert> known, IntSupplier random) {
        this.config = config;
        this.random = random;
        known.forEach(alert -> alerts.put(alert.id(), alert));
    }

    /// @param times how often, at least once
    /// @return the notice of a new alert; empty if there was one of it already
    Optional<Notice> raise(Incident incident, long times, Instant now) {
        Optional<Alert> same = same(incident, now);
        if (same.isPresent()) {
            put(same.get().again(incident, times, now));
            return Optional.empty();
        }
        long open = open().stream().filter(alert -> alert.kind() == incident.kind()).count();
        if (open >= MAX_OPEN_OF_A_KIND && !incident.about().equals(OTHERS)) {
            String what = "More than can be listed; the last: " + incident.about() + ": ";
            return raise(new Incident(incident.kind(), OTHERS, what + incident.what()), times, now);
        }
        Alert alert = Alert.raised(newId(now), incident, times, now, now.plus(config.deadline()));
        put(alert);
        return Optional.of(new Notice(Notice.Reason.RAISED, alert));
    }

    /// An alert just acknowledged is in somebody's hands: what is raised again meanwhile belongs to
    /// it. Later it is news.
    private Optional<Alert> same(Incident incident, Instant now) {
        return alerts.values().stream()
                .filter(alert -> alert.isOf(incident))
                .filter(
                        alert ->
                                alert.acknowledgement()
                                        .map(it -> now.isBefore(it.at().plus(config.settle())))
                                        .orElse(true))
                .findFirst();
    }

    /// Raises the severity of what nobody acknowledged in its time, again and again.
    List<Notice> escalate(Instant now) {
        List<Notice> notices = new ArrayList<>();
        for (Alert alert : open()) {
            Duration late = config.repeat().multipliedBy(alert.urgency().escalations());
            if (!now.isBefore(alert.deadline().plus(late))) {
                Alert escalated = alert.escalated();
                put(escalated);
                notices.add(new Notice(Notice.Reason.ESCALATED, escalated));
            }
        }
        return notices;
    }

    /// Empty if somebody else was first: the first name stays.
    ///
    /// @throws UnknownAlert there is none of this ID
    Optional<Notice> acknowledge(String id, Acknowledgement by) throws UnknownAlert {
        Alert alert = find(id).orElseThrow(() -> new UnknownAlert(id));
        if (!alert.isOpen()) {
            return Optional.empty();
        }
        Alert acknowledged = alert.acknowledged(by);
        put(acknowledged);
        acknowledged().stream().skip(MAX_ACKNOWLEDGED).forEach(old -> alerts.remove(old.id()));
        return Optional.of(new Notice(Notice.Reason.ACKNOWLEDGED, acknowledged));
    }

    /// A channel has taken the notice; nothing is noted if the alert has moved on since.
    void told(Notice notice, String channel) {
        Alert now = alerts.get(notice.alert().id());
        if (now != null && now.urgency().escalations() == notice.alert().urgency().escalations()) {
            put(now.toldBy(channel));
        }
    }

    Optional<Alert> find(String id) {
        return Optional.ofNullable(alerts.get(id));
    }

    List<Alert> open() {
        return alerts.values().stream().filter(Alert::isOpen).sorted(WORST_FIRST).toList();
    }

    List<Alert> acknowledged() {
        return alerts.values().stream()
                .filter(alert -> !alert.isOpen())
                .sorted(NEWEST_FIRST)
                .toList();
    }

    Collection<Alert> all() {
        return List.copyOf(alerts.values());
    }

    private void put(Alert alert) {
        alerts.put(alert.id(), alert);
    }

    private String newId(Instant now) {
        String id;
        do {
            id = "%s-%04x".formatted(DAY.format(now), random.getAsInt() & 0xffff);
        } while (alerts.containsKey(id));
        return id;
    }
}
