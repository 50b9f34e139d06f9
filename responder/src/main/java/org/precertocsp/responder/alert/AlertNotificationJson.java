package org.precertocsp.responder.alert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.precertocsp.responder.io.HostName;
import org.precertocsp.responder.io.Json;

/// The JSON that webhooks and commands receive. Fields may be added, never renamed; see `version`.
final class AlertNotificationJson {
    /// Identifies the server among several.
    static final String HOST = HostName.get();

    private AlertNotificationJson() {}

    static byte[] of(AlertNotification notice) {
        Alert alert = notice.alert();
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("version", 1)
                .put("host", HOST)
                .put("reason", word(notice.reason()))
                .put("id", alert.id())
                .put("kind", word(alert.kind()))
                .put("severity", word(alert.severity()))
                .put("about", alert.about())
                .put("what", alert.what())
                .put("count", alert.seen().count())
                .put("raisedAt", alert.raisedAt().toString())
                .put("lastSeen", alert.seen().last().toString())
                .put("deadline", alert.deadline().toString())
                .put("escalations", alert.urgency().escalations())
                .put("open", alert.isOpen())
                .put("reopened", alert.seen().reopened());
        alert.ending().ifPresent(it -> json.put("endedAt", it.at().toString()));
        if (alert.acknowledgement().isPresent()) {
            Acknowledgement by = alert.acknowledgement().get();
            json.putObject("acknowledged")
                    .put("by", by.by())
                    .put("at", by.at().toString())
                    .put("note", by.note());
        }
        return Json.bytes(json);
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
