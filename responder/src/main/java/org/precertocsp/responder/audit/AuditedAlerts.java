package org.precertocsp.responder.audit;

import java.util.Map;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertAuditRecorder;
import org.precertocsp.responder.alert.AlertNotification;

/// Records the state changes of each alert in the audit log: raised, escalated, acknowledged,
/// ended.
public record AuditedAlerts(AuditTrail trail) implements AlertAuditRecorder {
    private static final String SELF = "precert-ocsp";

    @Override
    public void about(AlertNotification notice) {
        Alert alert = notice.alert();
        trail.record(
                new AuditEvent(
                        AuditEvent.Kind.ALERT,
                        actor(notice),
                        Map.of(
                                "event", notice.reason().name(),
                                "id", alert.id(),
                                "kind", alert.kind().name(),
                                "about", alert.about(),
                                "what", alert.what(),
                                "severity", alert.severity().name(),
                                "note", alert.acknowledgement().map(it -> it.note()).orElse(""))));
    }

    private static String actor(AlertNotification notice) {
        return notice.alert()
                .acknowledgement()
                .filter(_ -> notice.reason() == AlertNotification.Reason.ACKNOWLEDGED)
                .map(it -> it.by())
                .orElse(SELF);
    }
}
