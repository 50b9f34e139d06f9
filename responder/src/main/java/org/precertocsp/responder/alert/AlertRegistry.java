package org.precertocsp.responder.alert;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import org.precertocsp.responder.alert.Alerts.UnknownAlert;

/// The rules of alerts: which incidents belong to one alert, when an alert escalates, how many are
/// kept. No I/O and no clock. Not thread-safe.
final class AlertRegistry {
    /// Maximum number of open alerts of one kind; further incidents share one.
    static final int MAX_OPEN_OF_A_KIND = 100;

    /// Acknowledged alerts kept for viewing; the audit log keeps all.
    static final int MAX_ACKNOWLEDGED = 1_000;

    /// Ended alerts that nobody acknowledged; likewise.
    static final int MAX_ENDED = 1_000;

    /// An incident raised again within this time after its end reopens the same alert, since its
    /// cause is intermittent. Later it is a new alert.
    static final Duration FLAPPING = Duration.ofMinutes(10);

    /// How long an end must last before channels are notified. Doubled by each reopening, up to
    /// [#FLAPPING], so that an intermittent cause notifies people a few times and then stays open.
    static final Duration END_LASTS = Duration.ofSeconds(5);

    /// How long the notice of an end is offered to a channel that did not accept it.
    private static final Duration END_IS_NEWS = Duration.ofDays(1);

    /// Maximum number of subjects remembered for one shared alert, so that it can end.
    private static final int MAX_OTHERS = 10_000;

    static final String OTHERS = "(others)";

    private static final Comparator<Alert> WORST_FIRST =
            Comparator.comparing(Alert::severity)
                    .thenComparing(Alert::raisedAt)
                    .thenComparing(Alert::id);
    private static final Comparator<Alert> NEWEST_FIRST =
            Comparator.<Alert, Instant>comparing(
                            alert -> alert.acknowledgement().map(Acknowledgement::at).orElseThrow())
                    .reversed();
    private static final Comparator<Alert> UNSEEN_THEN_NEWEST_FIRST =
            Comparator.comparing((Alert alert) -> !alert.isUnseen())
                    .thenComparing(
                            alert -> alert.ending().orElseThrow().at(), Comparator.reverseOrder());
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyMMdd").withZone(ZoneOffset.UTC);

    private final AlertConfig config;
    private final IntSupplier random;
    private final Map<String, Alert> alerts = new LinkedHashMap<>();
    private final Map<Incident.Kind, Set<String>> others = new EnumMap<>(Incident.Kind.class);

    /// @param random for IDs; need not be secure
    AlertRegistry(AlertConfig config, Collection<Alert> known, IntSupplier random) {
        this.config = config;
        this.random = random;
        known.forEach(alert -> alerts.put(alert.id(), alert));
    }

    /// @param times how often, at least once
    /// @return the notice of a new alert, or of one whose end was announced; empty if the incident
    ///   belongs to another alert
    Optional<AlertNotification> raise(Incident incident, long times, Instant now) {
        Optional<Alert> same = same(incident, now);
        if (same.isPresent()) {
            return again(same.get(), incident, times, now);
        }
        long open = open().stream().filter(alert -> alert.kind() == incident.kind()).count();
        if (open >= MAX_OPEN_OF_A_KIND && !incident.about().equals(OTHERS)) {
            Set<String> sharing = others.computeIfAbsent(incident.kind(), _ -> new HashSet<>());
            if (sharing.size() < MAX_OTHERS) {
                sharing.add(incident.about());
            }
            String what = "More than can be listed; the last: " + incident.about() + ": ";
            return raise(new Incident(incident.kind(), OTHERS, what + incident.what()), times, now);
        }
        Alert alert = Alert.raised(newId(now), incident, times, now, now.plus(config.deadline()));
        put(alert);
        return Optional.of(new AlertNotification(AlertNotification.Reason.RAISED, alert));
    }

    private Optional<AlertNotification> again(
            Alert alert, Incident incident, long times, Instant now) {
        Alert again = alert.again(incident, times, now);
        boolean endTold = alert.ending().map(Alert.Ending::announced).orElse(false);
        if (endTold && again.isOpen()) {
            again = again.untold();
            put(again);
            return Optional.of(new AlertNotification(AlertNotification.Reason.RAISED, again));
        }
        put(again);
        return Optional.empty();
    }

    /// An incident raised again belongs to an alert acknowledged recently, which a person is
    /// handling, or ended recently, whose cause is intermittent. Later it is a new alert.
    private Optional<Alert> same(Incident incident, Instant now) {
        return alerts.values().stream()
                .filter(alert -> alert.isOf(incident))
                .filter(
                        alert ->
                                alert.acknowledgement()
                                        .map(it -> now.isBefore(it.at().plus(config.settle())))
                                        .orElse(true))
                .filter(
                        alert ->
                                alert.ending()
                                        .map(it -> now.isBefore(it.at().plus(FLAPPING)))
                                        .orElse(true))
                .reduce((_, newest) -> newest);
    }

    /// Ends the alert, since its cause is gone. [#announceEnds] creates the notices.
    ///
    /// @return whether there was such an alert
    boolean end(Incident.Kind kind, String about, Instant now) {
        // Only the newest: earlier ones are in the hands of the people who acknowledged them.
        Optional<Alert> newest =
                alerts.values().stream()
                        .filter(alert -> alert.isOf(kind, about))
                        .reduce((_, later) -> later);
        if (newest.isPresent() && !newest.get().hasEnded()) {
            put(newest.get().ended(now));
            return true;
        }
        return newest.isEmpty() && endOfOthers(kind, about, now);
    }

    /// A shared alert ends with the last of its subjects, unless there are too many to remember.
    private boolean endOfOthers(Incident.Kind kind, String about, Instant now) {
        Set<String> sharing = others.getOrDefault(kind, new HashSet<>());
        if (sharing.size() >= MAX_OTHERS || !sharing.remove(about) || !sharing.isEmpty()) {
            return false;
        }
        others.remove(kind);
        return end(kind, OTHERS, now);
    }

    /// Notices of ends that have lasted long enough to be announced.
    List<AlertNotification> announceEnds(Instant now) {
        List<AlertNotification> notices = new ArrayList<>();
        for (Alert alert : alerts.values()) {
            boolean lasts =
                    alert.ending()
                            .filter(it -> !it.announced())
                            .map(it -> !now.isBefore(it.at().plus(lasting(alert))))
                            .orElse(false);
            if (lasts) {
                notices.add(
                        new AlertNotification(
                                AlertNotification.Reason.ENDED, alert.endAnnounced()));
            }
        }
        notices.forEach(notice -> put(notice.alert()));
        if (!notices.isEmpty()) {
            ended().stream().skip(MAX_ENDED).forEach(old -> alerts.remove(old.id()));
        }
        return notices;
    }

    private static Duration lasting(Alert alert) {
        Duration lasting = END_LASTS.multipliedBy(1L << Math.min(alert.seen().reopened(), 20));
        return lasting.compareTo(FLAPPING) < 0 ? lasting : FLAPPING;
    }

    /// Repeatedly raises the severity of alerts that nobody acknowledged in time.
    List<AlertNotification> escalate(Instant now) {
        List<AlertNotification> notices = new ArrayList<>();
        for (Alert alert : open()) {
            Duration late = config.repeat().multipliedBy(alert.urgency().escalations());
            if (!now.isBefore(alert.deadline().plus(late))) {
                Alert escalated = alert.escalated();
                put(escalated);
                notices.add(new AlertNotification(AlertNotification.Reason.ESCALATED, escalated));
            }
        }
        return notices;
    }

    /// Empty if another person was first: the first name stays.
    ///
    /// @throws UnknownAlert there is no alert with this ID
    Optional<AlertNotification> acknowledge(String id, Acknowledgement by) throws UnknownAlert {
        Alert alert = find(id).orElseThrow(() -> new UnknownAlert(id));
        if (alert.acknowledgement().isPresent()) {
            return Optional.empty();
        }
        Alert acknowledged = alert.acknowledged(by);
        put(acknowledged);
        acknowledged().stream().skip(MAX_ACKNOWLEDGED).forEach(old -> alerts.remove(old.id()));
        return Optional.of(
                new AlertNotification(AlertNotification.Reason.ACKNOWLEDGED, acknowledged));
    }

    /// Notes that a channel has accepted the notice, unless the alert has changed since.
    void told(AlertNotification notice, String channel) {
        Alert then = notice.alert();
        Alert now = alerts.get(then.id());
        if (now != null
                && now.urgency().escalations() == then.urgency().escalations()
                && now.seen().reopened() == then.seen().reopened()
                && isEndTold(now) == isEndTold(then)) {
            put(now.toldBy(channel));
        }
    }

    private static boolean isEndTold(Alert alert) {
        return alert.ending().map(Alert.Ending::announced).orElse(false);
    }

    Optional<Alert> find(String id) {
        return Optional.ofNullable(alerts.get(id));
    }

    List<Alert> open() {
        return alerts.values().stream().filter(Alert::isOpen).sorted(WORST_FIRST).toList();
    }

    List<Alert> acknowledged() {
        return alerts.values().stream()
                .filter(alert -> alert.acknowledgement().isPresent())
                .sorted(NEWEST_FIRST)
                .toList();
    }

    List<Alert> ended() {
        return alerts.values().stream()
                .filter(alert -> alert.hasEnded() && alert.acknowledgement().isEmpty())
                .sorted(UNSEEN_THEN_NEWEST_FIRST)
                .toList();
    }

    /// All notices that each channel must have delivered: open alerts, and ends of the last day.
    List<AlertNotification> news(Instant now) {
        List<AlertNotification> news = new ArrayList<>();
        for (Alert alert : open()) {
            boolean escalated = alert.urgency().escalations() > 0;
            news.add(
                    new AlertNotification(
                            escalated
                                    ? AlertNotification.Reason.ESCALATED
                                    : AlertNotification.Reason.RAISED,
                            alert));
        }
        alerts.values().stream()
                .filter(AlertRegistry::isEndTold)
                .filter(it -> now.isBefore(it.ending().orElseThrow().at().plus(END_IS_NEWS)))
                .forEach(it -> news.add(new AlertNotification(AlertNotification.Reason.ENDED, it)));
        return news;
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
