package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertAcknowledger;
import org.precertocsp.responder.alert.AlertAuditRecorder;
import org.precertocsp.responder.alert.AlertService;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.task.BackgroundTasks;

/// Acknowledging while no server runs.
final class AlertAcknowledgementTest {
    @TempDir Path folder;
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T10:00:00Z"));
    private ServerConfig config;
    private Alert alert;

    @BeforeEach
    void raise() throws Exception {
        TestCa.write(folder.resolve("ca.pem"), TestCa.root("CA").holder());
        config =
                ConfigReader.read(
                        Files.writeString(
                                folder.resolve("precert-ocsp.yaml"),
                                """
                                store: {directory: store}
                                issuers: [{name: one, certificates: ca.pem, profile: tls}]
                                """));
        try (AlertService desk =
                AlertService.start(
                        BackgroundTasks.logged(),
                        config.alerts(),
                        List.of(),
                        AlertAuditRecorder.NONE,
                        clock)) {
            desk.raise(new Incident(Incident.Kind.LOG_UNTRUSTED, "argon", "it forked"));
        }
        alert = alerts().all().getFirst();
    }

    private AlertAcknowledger alerts() throws IOException {
        return new CommandWiring(clock).alerts().of(config);
    }

    @Test
    @Requirement("LG-10")
    void an_acknowledgement_is_in_the_audit_log_with_its_name() throws Exception {
        alerts().acknowledge(alert.id(), "ann", "called them");

        assertThat(Files.readString(config.audit().events().resolve("0000000000000000.jsonl")))
                .contains("\"kind\":\"ALERT\"", "\"event\":\"ACKNOWLEDGED\"", "\"who\":\"ann\"")
                .contains(alert.id(), "called them")
                .contains("\"user\":\"" + System.getProperty("user.name") + "\"");
        assertThat(alerts().all().getFirst().isOpen()).isFalse();
    }

    @Test
    void what_cannot_be_recorded_is_not_acknowledged() throws IOException {
        try (RocksStore _ = open()) {
            assertThatThrownBy(() -> alerts().acknowledge(alert.id(), "ann", ""))
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("cannot be recorded");
        }

        assertThat(alerts().all().getFirst().isOpen()).isTrue();
    }

    private RocksStore open() {
        try {
            return RocksStore.open(config.store());
        } catch (org.precertocsp.responder.status.StoreLockedException e) {
            throw new IllegalStateException(e);
        }
    }
}
