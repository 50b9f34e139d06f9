package org.precertocsp.responder;

import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.alert.Notice;
import org.precertocsp.responder.alert.channel.Channels;
import org.precertocsp.responder.alert.desk.Acknowledging;
import org.precertocsp.responder.alert.desk.AlertDesk;
import org.precertocsp.responder.alert.desk.AlertRecord;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.freshness.KeptCredential;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.unassigned.UnassignedMonitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [Wiring]'s part for alerts: who keeps them, and how they reach people.
final class AlertWiring {
    private static final Logger LOG = LoggerFactory.getLogger(AlertWiring.class);

    private final ServerConfig config;
    private final InstantSource clock;

    AlertWiring(ServerConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
    }

    /// Every background thread of the server; failures are alerts about the task's name.
    ///
    /// @param alarm asked at each failure
    static BackgroundTasks tasks(Supplier<Alarm> alarm) {
        BackgroundTasks tasks =
                new BackgroundTasks(
                        new BackgroundTasks.Listener() {
                            @Override
                            public void failed(String task, String what) {
                                alarm.get()
                                        .raise(
                                                new Incident(
                                                        Incident.Kind.BACKGROUND_TASK, task, what));
                            }

                            @Override
                            public void recovered(String task) {
                                alarm.get().end(Incident.Kind.BACKGROUND_TASK, task);
                            }
                        });
        tasks.superviseOtherThreads();
        return tasks;
    }

    /// To be closed after everything that may raise.
    ///
    /// @throws IOException the folder of alerts cannot be used
    AlertDesk desk(BackgroundTasks tasks, AuditTrail trail) throws IOException {
        if (!config.alerts().isIndependent()) {
            LOG.warn(
                    "alerts reach people through the log alone; NSR 3.2.2 asks for two independent"
                            + " ways: name one under alerts.channels");
        }
        return AlertDesk.start(
                tasks, config.alerts(), Channels.of(config.alerts(), clock), record(trail), clock);
    }

    /// `alerts`.
    Acknowledging commands(AuditTrail trail) {
        return new Acknowledging(config.alerts(), record(trail), clock);
    }

    /// To be closed after the endpoint.
    ///
    /// @throws IOException its folder cannot be used
    static UnassignedMonitor unassigned(
            BackgroundTasks tasks,
            ServerConfig config,
            List<KeptCredential> credentials,
            Alarm alarm,
            InstantSource clock)
            throws IOException {
        Map<IssuerKey, String> names = new HashMap<>();
        credentials.forEach(credential -> names.put(credential.key(), credential.issuer()));
        return UnassignedMonitor.start(tasks, config.unassigned(), names, alarm, clock);
    }

    private static String actor(Notice notice) {
        return notice.alert()
                .acknowledgement()
                .filter(_ -> notice.reason() == Notice.Reason.ACKNOWLEDGED)
                .map(it -> it.by())
                .orElse("precert-ocsp");
    }

    private static AlertRecord record(AuditTrail trail) {
        return notice -> {
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
                                    "note",
                                            alert.acknowledgement()
                                                    .map(it -> it.note())
                                                    .orElse(""))));
        };
    }
}
