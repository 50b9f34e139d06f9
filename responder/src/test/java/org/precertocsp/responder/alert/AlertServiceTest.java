package org.precertocsp.responder.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.TestWait.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.responder.alert.Alerts.UnknownAlert;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.status.CallerIdentity;
import org.precertocsp.responder.task.BackgroundTasks;

final class AlertServiceTest {
    private static final Incident TAMPERED =
            new Incident(Incident.Kind.AUDIT_TAMPERED, "audit", "record 7 is not what was written");
    private static final DeliveryRetryPolicy AT_ONCE =
            new DeliveryRetryPolicy(3, Duration.ofSeconds(1), Duration.ofMinutes(1), _ -> {});

    @TempDir Path folder;
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T10:00:00Z"));
    private final List<AlertNotification> recorded = new CopyOnWriteArrayList<>();
    private final List<Map<String, String>> attributed = new CopyOnWriteArrayList<>();
    private final AlertAuditRecorder record =
            notice -> {
                recorded.add(notice);
                attributed.add(CallerIdentity.fields());
            };
    private final List<AlertService> open = new ArrayList<>();
    private AlertConfig config = AlertRegistryTest.CONFIG;

    @BeforeEach
    void configure() {
        config =
                new AlertConfig(
                        folder.resolve("alerts"),
                        Duration.ofHours(24),
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        AlertConfig.USUAL_EXPIRY,
                        true,
                        List.of());
    }

    @AfterEach
    void close() throws IOException {
        for (AlertService desk : open) {
            desk.close();
        }
    }

    @Requirement("LG-09")
    @Test
    void every_channel_is_told_and_a_hanging_or_failing_one_delays_no_other() throws Exception {
        FakeChannel good = new FakeChannel("good");
        FakeChannel failing = new FakeChannel("failing").failing();
        HangingChannel hanging = new HangingChannel();
        AlertService desk = desk(hanging, failing, good);

        desk.raise(TAMPERED);
        desk.look();

        await(() -> good.taken.size() == 1);
        assertThat(good.taken.getFirst().reason()).isEqualTo(AlertNotification.Reason.RAISED);
        await(() -> failing.attempts() == 3);
        // The failure itself is an alert, which the others get.
        await(() -> desk.channels().get(1).failed() == 1);
        desk.look();
        await(() -> good.taken.size() == 2);
        assertThat(good.taken.getLast().alert().kind()).isEqualTo(Incident.Kind.ALERT_CHANNEL);
        assertThat(good.taken.getLast().alert().about()).isEqualTo("failing");
        assertThat(desk.channels().get(1).problem()).contains("no connection");
        assertThat(desk.channels().get(2).problem()).isEmpty();
        hanging.stop.countDown();
    }

    @Test
    void a_channel_that_comes_back_is_told_what_it_missed() throws Exception {
        FakeChannel channel = new FakeChannel("flaky").failing();
        AlertService desk = desk(channel);
        desk.raise(TAMPERED);
        desk.look();
        await(() -> desk.channels().getFirst().failed() == 1);

        channel.fails = false;
        clock.pass(AlertService.OFFER_AGAIN.minusSeconds(1));
        desk.look();
        assertThat(channel.about(Incident.Kind.AUDIT_TAMPERED)).isEmpty();
        clock.pass(Duration.ofSeconds(1));
        desk.look();

        await(() -> channel.about(Incident.Kind.AUDIT_TAMPERED).size() == 1);
    }

    @Requirement("LG-10")
    @Test
    void what_nobody_acknowledges_goes_to_all_channels_again_more_severe() throws Exception {
        FakeChannel one = new FakeChannel("one");
        FakeChannel two = new FakeChannel("two");
        AlertService desk = desk(one, two);
        desk.raise(TAMPERED);
        desk.look();
        await(() -> one.taken.size() == 1 && two.taken.size() == 1);

        clock.pass(Duration.ofHours(24));
        desk.look();
        clock.pass(Duration.ofHours(1));
        desk.look();

        await(() -> one.taken.size() == 3 && two.taken.size() == 3);
        assertThat(two.taken.getLast().reason()).isEqualTo(AlertNotification.Reason.ESCALATED);
        assertThat(two.taken.getLast().alert().severity()).isEqualTo(Severity.EMERGENCY);

        desk.acknowledge(desk.open().getFirst().id(), "ann", "");
        clock.pass(Duration.ofDays(3));
        desk.look();
        await(() -> one.taken.size() == 4);
        assertThat(one.taken.getLast().reason()).isEqualTo(AlertNotification.Reason.ACKNOWLEDGED);
    }

    @Test
    void alerts_survive_a_restart_and_are_told_to_whom_they_were_not() throws Exception {
        FakeChannel told = new FakeChannel("told");
        AlertService before = desk(told, new FakeChannel("dead").failing());
        before.raise(TAMPERED);
        before.raise(TAMPERED);
        before.look();
        await(() -> told.taken.size() == 1);
        await(() -> before.channels().get(1).failed() == 1);
        Alert known = before.open().getFirst();
        before.close();

        FakeChannel toldAgain = new FakeChannel("told");
        FakeChannel repaired = new FakeChannel("dead");
        AlertService after = desk(toldAgain, repaired);
        after.look();

        assertThat(after.open().getFirst().seen().count()).isEqualTo(2);
        assertThat(after.open().getFirst().deadline()).isEqualTo(known.deadline());
        await(() -> repaired.about(Incident.Kind.AUDIT_TAMPERED).size() == 1);
        assertThat(toldAgain.about(Incident.Kind.AUDIT_TAMPERED)).isEmpty();
    }

    @Test
    void what_is_raised_last_is_kept_though_the_desk_closes_at_once() throws Exception {
        AlertService desk = desk();
        desk.raise(TAMPERED);
        desk.close();

        assertThat(new AlertAcknowledger(config, AlertAuditRecorder.NONE, clock).all())
                .extracting(Alert::kind)
                .containsExactly(Incident.Kind.AUDIT_TAMPERED);
    }

    @Test
    void raising_does_not_wait_for_the_disk() throws Exception {
        AlertService desk = desk();
        synchronized (desk) {
            // The desk cannot look now, as if its disk hung.
            try (var threads = Executors.newSingleThreadExecutor()) {
                Future<?> raised = threads.submit(() -> desk.raise(TAMPERED));
                raised.get(5, TimeUnit.SECONDS);
            }
        }
        desk.look();
        assertThat(desk.open()).hasSize(1);
    }

    @Test
    void everything_is_taken_down_and_an_acknowledgement_only_if_it_can_be() throws Exception {
        AlertService desk = desk();
        desk.raise(TAMPERED);
        desk.look();
        String id = desk.open().getFirst().id();
        desk.acknowledge(id, "ann", "looking");

        assertThat(recorded)
                .extracting(AlertNotification::reason)
                .containsExactly(
                        AlertNotification.Reason.RAISED, AlertNotification.Reason.ACKNOWLEDGED);

        desk.close();
        AlertAuditRecorder broken =
                _ -> {
                    throw new IllegalStateException("the audit log is full");
                };
        AlertService unrecorded = AlertService.open(config, broken, clock);
        open.add(unrecorded);
        unrecorded.raise(new Incident(Incident.Kind.RETENTION, "segment 4", "missing"));
        unrecorded.look();
        assertThat(unrecorded.open()).hasSize(1);
        String other = unrecorded.open().getFirst().id();
        assertThatThrownBy(() -> unrecorded.acknowledge(other, "ann", ""))
                .hasMessageContaining("full");
        assertThat(unrecorded.open()).hasSize(1);
    }

    @Test
    void a_command_acknowledges_through_the_server_that_has_the_alerts() throws Exception {
        AlertService desk =
                AlertService.start(BackgroundTasks.logged(), config, List.of(), record, clock);
        open.add(desk);
        desk.raise(TAMPERED);
        await(() -> !desk.open().isEmpty());
        String id = desk.open().getFirst().id();
        AlertAcknowledger command = new AlertAcknowledger(config, AlertAuditRecorder.NONE, clock);

        Alert taken = command.acknowledge(id, "ann", "on it");

        assertThat(taken.acknowledgement().orElseThrow().note()).isEqualTo("on it");
        assertThat(attributed.getLast())
                .as("whose command it was")
                .isEqualTo(Map.of("user", System.getProperty("user.name")));
        assertThat(desk.open()).isEmpty();
        assertThatThrownBy(() -> command.acknowledge("261121-zzzz", "ann", ""))
                .isInstanceOf(UnknownAlert.class);
        assertThat(folder.resolve("alerts/acks")).isEmptyDirectory();
        assertThat(recorded)
                .last()
                .extracting(AlertNotification::reason)
                .isEqualTo(AlertNotification.Reason.ACKNOWLEDGED);
    }

    @Test
    void a_command_acknowledges_by_itself_where_no_server_runs() throws Exception {
        AlertService desk = desk();
        desk.raise(TAMPERED);
        desk.look();
        String id = desk.open().getFirst().id();
        desk.close();
        recorded.clear();

        new AlertAcknowledger(config, recorded::add, clock).acknowledge(id, "ann", "");

        assertThat(recorded)
                .extracting(AlertNotification::reason)
                .containsExactly(AlertNotification.Reason.ACKNOWLEDGED);
        assertThat(desk().open()).isEmpty();
    }

    @Test
    void names_and_notes_have_limits_that_are_named() throws Exception {
        AlertService desk = desk();
        desk.raise(TAMPERED);
        desk.look();
        String id = desk.open().getFirst().id();

        assertThatThrownBy(() -> desk.acknowledge(id, " ", ""))
                .hasMessageContaining("1 to 200 characters");
        assertThatThrownBy(() -> desk.acknowledge(id, "ann", "x".repeat(4_001)))
                .hasMessageContaining("at most 4000");
    }

    @Test
    void a_second_server_is_refused_with_a_remedy() throws Exception {
        desk();
        assertThatThrownBy(() -> AlertService.open(config, AlertAuditRecorder.NONE, clock))
                .hasMessageContaining("give each server its own alerts.directory");
    }

    @Test
    void a_damaged_file_is_put_aside_with_an_alert_and_keeps_no_server_from_starting()
            throws Exception {
        AlertService before = desk();
        before.raise(TAMPERED);
        before.close();
        Path file = folder.resolve("alerts/alerts.json");
        String whole = Files.readString(file);
        for (String damaged :
                List.of(
                        "",
                        "null",
                        "{\"version\":1,\"alerts\":[{",
                        "\0".repeat(whole.length()),
                        whole.substring(0, whole.length() / 2),
                        whole.replace("TAMPERED", "TAMPEREE"),
                        whole.replace("\"id\"", "\"ie\""),
                        whole.replace("\"alerts\"", "\"alertt\""))) {
            Files.writeString(file, damaged);
            assertThatThrownBy(() -> new AlertStore(folder.resolve("alerts")).read())
                    .hasMessageContaining("alerts.json is not readable")
                    .hasMessageContaining("restore it");

            AlertService desk = desk();
            desk.look();
            assertThat(desk.open())
                    .singleElement()
                    .satisfies(it -> assertThat(it.kind()).isEqualTo(Incident.Kind.STATE_LOST))
                    .satisfies(it -> assertThat(it.what()).contains("alerts.json.damaged-"));
            String aside =
                    desk.open().getFirst().what().replaceAll(".* lies in (\\S+) now.*", "$1");
            assertThat(Path.of(aside)).hasContent(damaged);
            desk.close();
            Files.delete(Path.of(aside));
        }
        Files.writeString(file, whole.replace("\"version\" : 1", "\"version\" : 2"));
        assertThatThrownBy(() -> AlertService.open(config, AlertAuditRecorder.NONE, clock))
                .hasMessageContaining("newer version");
    }

    @Test
    void a_channel_that_forgets_is_reminded_every_minute_while_the_alert_is_open()
            throws Exception {
        FakeChannel manager = new FakeChannel("manager");
        manager.forgets = true;
        AlertService desk = desk(manager);
        desk.raise(TAMPERED);
        desk.look();
        await(() -> !desk.open().getFirst().urgency().told().isEmpty());
        clock.pass(AlertService.REMIND);
        desk.look();
        await(() -> manager.taken.size() == 2);
        assertThat(manager.taken.getLast().reason()).isEqualTo(AlertNotification.Reason.STILL_OPEN);
        desk.look();
        desk.acknowledge(desk.open().getFirst().id(), "ann", "");
        clock.pass(AlertService.REMIND);
        desk.look();
        await(() -> manager.taken.size() == 3);
        assertThat(manager.taken.getLast().reason())
                .isEqualTo(AlertNotification.Reason.ACKNOWLEDGED);
    }

    @Test
    void an_end_reaches_channels_and_disk_also_after_a_restart() throws Exception {
        FakeChannel one = new FakeChannel("one");
        AlertService before = desk(one);
        before.raise(TAMPERED);
        before.look();
        before.end(TAMPERED.kind(), TAMPERED.about());
        before.look();
        assertThat(before.open()).isEmpty();
        await(() -> one.taken.size() == 1);
        before.close();

        FakeChannel dead = new FakeChannel("dead").failing();
        AlertService after = desk(one, dead);
        clock.pass(AlertRegistry.END_LASTS);
        after.look();
        await(() -> one.taken.size() == 2);
        assertThat(one.taken.getLast().reason()).isEqualTo(AlertNotification.Reason.ENDED);
        assertThat(after.ended()).singleElement().matches(Alert::isUnseen);
        assertThat(recorded)
                .extracting(AlertNotification::reason)
                .containsExactly(AlertNotification.Reason.RAISED, AlertNotification.Reason.ENDED);

        // A channel that was down hears of the end later, and then its own alert ends.
        await(
                () -> {
                    after.look();
                    return !after.open().isEmpty();
                });
        assertThat(after.open())
                .extracting(Alert::kind)
                .containsExactly(Incident.Kind.ALERT_CHANNEL);
        // It has failed to take both: the end, and the alert about itself.
        await(() -> after.channels().getLast().failed() == 2);
        dead.fails = false;
        clock.pass(AlertService.OFFER_AGAIN);
        after.look();
        await(() -> dead.taken.size() == 2);
        assertThat(dead.taken)
                .extracting(AlertNotification::reason)
                .containsExactlyInAnyOrder(
                        AlertNotification.Reason.RAISED, AlertNotification.Reason.ENDED);
        await(
                () -> {
                    after.look();
                    return after.open().isEmpty();
                });
    }

    @Test
    void what_was_raised_and_ended_between_two_looks_is_kept_in_its_order() throws Exception {
        AlertService desk = desk();
        desk.end(TAMPERED.kind(), TAMPERED.about());
        desk.raise(TAMPERED);
        desk.look();
        assertThat(desk.open()).hasSize(1);

        desk.end(TAMPERED.kind(), TAMPERED.about());
        desk.raise(TAMPERED);
        desk.end(TAMPERED.kind(), TAMPERED.about());
        desk.look();
        assertThat(desk.open()).isEmpty();
        assertThat(desk.ended().getFirst().seen().count()).isEqualTo(2);
    }

    @Test
    void alerts_written_before_alerts_could_end_are_read() throws Exception {
        AlertService desk = desk();
        desk.raise(TAMPERED);
        desk.close();
        Path file = folder.resolve("alerts/alerts.json");
        String now = Files.readString(file);
        String then = now.replaceAll(",\\s*\"(endedAt|endAnnounced|reopened)\" : [a-z0-9]+", "");
        assertThat(then).isNotEqualTo(now).doesNotContain("ended", "reopened");
        Files.writeString(file, then);

        assertThat(desk().open()).hasSize(1);
    }

    private AlertService desk(AlertChannel... channels) throws IOException {
        AlertService desk = AlertService.open(config, recorded::add, clock);
        open.add(desk);
        desk.tell(BackgroundTasks.logged(), List.of(channels), AT_ONCE);
        return desk;
    }

    private static final class FakeChannel implements AlertChannel {
        private final String name;
        private final List<AlertNotification> taken = new CopyOnWriteArrayList<>();
        private final List<AlertNotification> tried = new CopyOnWriteArrayList<>();
        private volatile boolean fails;
        private volatile boolean forgets;

        FakeChannel(String name) {
            this.name = name;
        }

        FakeChannel failing() {
            fails = true;
            return this;
        }

        int attempts() {
            return tried.size();
        }

        List<AlertNotification> about(Incident.Kind kind) {
            return taken.stream().filter(notice -> notice.alert().kind() == kind).toList();
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean forgets() {
            return forgets;
        }

        @Override
        public void deliver(AlertNotification notice) throws AlertDeliveryException {
            tried.add(notice);
            if (fails) {
                throw new AlertDeliveryException("no connection", null);
            }
            taken.add(notice);
        }
    }

    private static final class HangingChannel implements AlertChannel {
        private final CountDownLatch stop = new CountDownLatch(1);

        @Override
        public String name() {
            return "hanging";
        }

        @Override
        public void deliver(AlertNotification notice) throws InterruptedException {
            stop.await();
        }
    }
}
