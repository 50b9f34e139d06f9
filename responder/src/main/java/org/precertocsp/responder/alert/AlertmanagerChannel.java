package org.precertocsp.responder.alert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.precertocsp.responder.io.Json;

/// Sends alerts to Prometheus Alertmanager (`POST /api/v2/alerts`), which groups, silences and
/// routes them. It forgets an alert some minutes after it was last sent, so open ones are repeated.
public final class AlertmanagerChannel implements AlertChannel {
    /// Repetitions are sent every minute; a few may be lost.
    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private final String name;
    private final JsonPoster poster;
    private final InstantSource clock;

    public AlertmanagerChannel(AlertChannelConfig.Alertmanager config, InstantSource clock) {
        this.name = config.name();
        this.clock = clock;
        String base = config.url().toString();
        String slash = base.endsWith("/") ? "" : "/";
        this.poster =
                new JsonPoster(
                        URI.create(base + slash + "api/v2/alerts"),
                        config.token(),
                        config.timeout());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean forgets() {
        return true;
    }

    @Override
    public void deliver(AlertNotification notice)
            throws AlertDeliveryException, InterruptedException {
        Alert alert = notice.alert();
        Instant now = clock.instant();
        ArrayNode alerts = JsonNodeFactory.instance.arrayNode();
        alerts.add(json(alert, alert.severity(), alert.isOpen() ? now.plus(REMEMBERED) : now));
        // Its labels are an alert's identity: with a new severity it is a different one, and the
        // old one must end.
        if (notice.reason() == AlertNotification.Reason.ESCALATED) {
            for (Severity less : Severity.values()) {
                if (less.compareTo(alert.severity()) > 0) {
                    alerts.add(json(alert, less, now));
                }
            }
        }
        poster.post(Json.bytes(alerts));
    }

    private static ObjectNode json(Alert alert, Severity severity, Instant endsAt) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putObject("labels")
                .put("alertname", "PrecertOcsp_" + AlertNotificationJson.word(alert.kind()))
                .put("severity", AlertNotificationJson.word(severity))
                .put("alert_id", alert.id())
                .put("about", alert.about())
                .put("host", AlertNotificationJson.HOST);
        json.putObject("annotations")
                .put("summary", alert.kind() + " " + alert.about())
                .put("description", alert.what())
                .put("deadline", alert.deadline().toString());
        json.put("startsAt", alert.raisedAt().toString());
        json.put("endsAt", endsAt.toString());
        return json;
    }

    @Override
    public void close() {
        poster.close();
    }
}
