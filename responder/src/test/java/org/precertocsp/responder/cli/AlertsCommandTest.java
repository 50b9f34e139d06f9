package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertAcknowledger;
import org.precertocsp.responder.alert.AlertAuditRecorder;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.alert.AlertNotification;
import org.precertocsp.responder.alert.AlertService;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.task.BackgroundTasks;

final class AlertsCommandTest {
    @TempDir Path folder;
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T10:00:00Z"));
    private final List<AlertNotification> recorded = new ArrayList<>();
    private Path file = Path.of("");

    @BeforeEach
    void configure() throws IOException {
        TestCa.write(folder.resolve("ca.pem"), TestCa.root("CA").holder());
        file =
                Files.writeString(
                        folder.resolve("precert-ocsp.yaml"),
                        """
                        store: {directory: store}
                        issuers: [{name: one, certificates: ca.pem, profile: tls}]
                        """);
    }

    @Test
    void nothing_is_open_where_nothing_was_ever_raised() {
        assertThat(alerts("list").out()).isEqualTo("no alert is open\n");
        assertThat(alerts("list").exitCode()).isZero();
        CommandRun ack = alerts("ack", "261121-0000", "--by", "ann");
        assertThat(ack.exitCode()).isEqualTo(1);
        assertThat(ack.err()).contains("no alert 261121-0000", "alerts list -c");
    }

    @Requirement("LG-10")
    @Test
    void an_alert_is_listed_acknowledged_and_then_listed_only_with_all() throws Exception {
        String id = raise();

        CommandRun open = alerts("list");
        assertThat(open.exitCode()).isEqualTo(1);
        assertThat(open.out())
                .contains(id + "  CRITICAL  LOG_UNTRUSTED  argon·  (2 times)\n")
                .contains("    it forked\n")
                .contains("acknowledge by 2026-11-22T10:00:00Z");

        CommandRun ack = alerts("ack", id, "--by", "ann", "--note", "told its operator");
        assertThat(ack.exitCode()).isZero();
        assertThat(ack.out()).contains("acknowledged by ann at 2026-11-21T10:00:00Z");
        assertThat(recorded)
                .singleElement()
                .satisfies(
                        it ->
                                assertThat(it.reason())
                                        .isEqualTo(AlertNotification.Reason.ACKNOWLEDGED));

        assertThat(alerts("list").out()).isEqualTo("no alert is open\n");
        assertThat(alerts("list", "--all").out())
                .contains("acknowledged 2026-11-21T10:00:00Z by ann: told its operator");
    }

    @Test
    void a_critical_alert_that_ended_is_listed_as_ended_until_acknowledged() throws Exception {
        String id = raise();
        AlertConfig config = ConfigReader.read(file).alerts();
        try (AlertService desk =
                AlertService.start(
                        BackgroundTasks.logged(),
                        config,
                        List.of(),
                        AlertAuditRecorder.NONE,
                        clock)) {
            clock.pass(Duration.ofMinutes(1));
            desk.end(Incident.Kind.LOG_UNTRUSTED, "argon\u001b");
        }

        CommandRun list = alerts("list");
        assertThat(list.exitCode()).isZero();
        assertThat(list.out())
                .contains(id, "ended 2026-11-21T10:01:00Z, nobody has acknowledged it")
                .endsWith("no alert is open\n");

        assertThat(alerts("ack", id, "--by", "ann").exitCode()).isZero();
        assertThat(alerts("list").out()).isEqualTo("no alert is open\n");
        assertThat(alerts("list", "--all").out())
                .contains("ended 2026-11-21T10:01:00Z, acknowledged");
        assertThat(alerts("list", "--all", "--json").out())
                .contains("\"endedAt\":\"2026-11-21T10:01:00Z\"");
    }

    @Test
    void what_is_late_says_so_in_text_and_json() throws Exception {
        String id = raise();
        clock.pass(Duration.ofHours(24));

        assertThat(alerts("list").out()).contains("OVERDUE, was to be acknowledged by 2026-11-22");
        JsonNode json = new ObjectMapper().readTree(alerts("list", "--json").out());
        assertThat(json.at("/overdue").asBoolean()).isTrue();
        assertThat(json.at("/alert/id").asText()).isEqualTo(id);
        assertThat(json.at("/alert/deadline").asText()).isEqualTo("2026-11-22T10:00:00Z");
        assertThat(json.at("/alert/count").asInt()).isEqualTo(2);
    }

    @Test
    void a_name_is_needed_and_may_not_be_empty() throws Exception {
        String id = raise();

        assertThat(alerts("ack", id).exitCode()).isEqualTo(2);
        assertThat(alerts("ack", id, "--by", " ").err()).contains("1 to 200 characters");
    }

    /// As a server would that has stopped since.
    private String raise() throws Exception {
        AlertConfig config = ConfigReader.read(file).alerts();
        try (AlertService desk =
                AlertService.start(
                        BackgroundTasks.logged(),
                        config,
                        List.of(),
                        AlertAuditRecorder.NONE,
                        clock)) {
            Incident incident =
                    new Incident(Incident.Kind.LOG_UNTRUSTED, "argon\u001b", "it forked");
            desk.raise(incident);
            desk.raise(incident);
        }
        List<Alert> all = new AlertAcknowledger(config, AlertAuditRecorder.NONE, clock).all();
        return all.getFirst().id();
    }

    private CommandRun alerts(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of("alerts", command, "-c", file.toString()));
        all.addAll(List.of(arguments));
        return CommandRun.of(
                PrecertOcspCommand.of(
                        AlertsCommand.of(
                                config ->
                                        new AlertAcknowledger(
                                                config.alerts(), recorded::add, clock),
                                clock)),
                all.toArray(String[]::new));
    }
}
