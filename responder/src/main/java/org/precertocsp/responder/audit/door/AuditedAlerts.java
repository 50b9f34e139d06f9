package org.precertocsp.responder.audit.door;

import java.util.Map;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.Notice;
import org.precertocsp.responder.alert.desk.AlertRecord;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditTrail;

/// Records in the audit log how each alert went: raised, escalated, acknowledged, ended.
public record AuditedAlerts(AuditTrail trail) implements AlertRecord {
    private static final String SELF = "precert-ocsp";

    @Override
    public void about(Notice notice) {
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

    private static String actor(Notice notice) {
        return notice.alert()
                .acknowledgement()
                .filter(_ -> notice.reason() == Notice.Reason.ACKNOWLEDGED)
                .map(it -> it.by())
                .orElse(SELF);
    }
}
