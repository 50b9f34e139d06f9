package org.precertocsp.responder.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;

/// Announcements nobody kept, on the real store.
final class AnnouncementMonitorTest {
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final ConfiguredIssuer ISSUER =
            new ConfiguredIssuer(
                    "tls",
                    List.of(TestCa.root("Root").subordinate("TLS").certificate()),
                    IssuerProfile.TLS);

    @TempDir Path folder;
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final FakeAlarm alarm = new FakeAlarm();
    private final List<Incident> raised = alarm.raised();
    private RocksStore store;
    private AnnouncementMonitor watch;

    @BeforeEach
    void open() throws Exception {
        store = RocksStore.open(new StoreConfig(folder.resolve("store"), 8_000_000L));
        watch =
                new AnnouncementMonitor(
                        new ConfiguredIssuer.Directory(List.of(ISSUER)),
                        store,
                        WINDOW,
                        alarm,
                        clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static SerialKey key(int serial) {
        return new SerialKey(ISSUER.key(), Serial.of(BigInteger.valueOf(serial)));
    }

    private void feed(StatusChange... changes) {
        ChangeSource source =
                new ChangeSource("api", "issuer/ca", ByteString.of(), clock.instant());
        try (ChangeSet set = store.begin(source)) {
            for (StatusChange change : changes) {
                set.apply(change);
            }
            set.commit();
        }
    }

    private StatusChange announced(int serial) {
        return new StatusChange.Announce(key(serial), clock.instant());
    }

    private static StatusChange assigned(int serial) {
        return new StatusChange.Assign(
                key(serial), AssignedBy.DECLARATION, Optional.empty(), Optional.empty());
    }

    @Test
    void only_what_is_neither_assigned_nor_cancelled_in_its_window_is_raised_and_once() {
        feed(announced(1), announced(2), announced(3));
        clock.pass(WINDOW);
        watch.check();
        assertThat(raised).isEmpty();

        feed(assigned(1), new StatusChange.CancelAnnouncement(key(2)), announced(4));
        clock.pass(Duration.ofSeconds(1));
        watch.check();
        watch.check();

        assertThat(raised)
                .singleElement()
                .satisfies(
                        incident -> {
                            assertThat(incident.kind())
                                    .isEqualTo(Incident.Kind.ANNOUNCEMENT_OVERDUE);
                            assertThat(incident.about()).isEqualTo("tls 03");
                            assertThat(incident.what()).contains("within 10 minutes", "cancel");
                        });
    }

    @Test
    void a_restart_forgets_nothing_overdue() throws Exception {
        feed(announced(1));
        store.close();
        clock.pass(WINDOW.plusSeconds(1));
        open();

        watch.check();

        assertThat(raised).extracting(Incident::about).containsExactly("tls 01");
    }

    @Test
    void a_standby_ends_the_alerts_also_of_an_earlier_run() throws Exception {
        feed(announced(1));
        clock.pass(WINDOW.plusSeconds(1));
        watch.check();
        assertThat(alarm.open()).containsExactly("ANNOUNCEMENT_OVERDUE tls 01");
        store.close();
        open();

        watch.endAll();

        assertThat(alarm.open()).isEmpty();
        watch.check();
        assertThat(alarm.open()).containsExactly("ANNOUNCEMENT_OVERDUE tls 01");
    }

    @Test
    void revoking_an_announced_serial_ends_the_wait_and_announcing_again_begins_it_anew() {
        feed(announced(1), announced(2));
        feed(
                new StatusChange.Revoke(
                        key(1),
                        new Revocation(
                                clock.instant(), RevocationReason.SUPERSEDED, Optional.empty()),
                        Optional.empty()),
                new StatusChange.CancelAnnouncement(key(2)));
        clock.pass(WINDOW);
        feed(announced(2));
        clock.pass(Duration.ofSeconds(1));

        watch.check();

        assertThat(raised).isEmpty();
        assertThat(store.open(ISSUER.key(), clock.instant(), 10))
                .extracting(open -> open.key().serial().toHex())
                .containsExactly("02");
    }

    @Test
    void the_alert_of_one_ends_once_it_is_assigned_or_cancelled() {
        StatusChange[] many = new StatusChange[AnnouncementMonitor.MAX_RAISED + 2];
        for (int i = 0; i < many.length; i++) {
            many[i] = announced(i + 1);
        }
        feed(many);
        clock.pass(WINDOW.plusSeconds(1));
        watch.check();
        assertThat(alarm.open())
                .hasSize(many.length - 1)
                .contains("ANNOUNCEMENT_OVERDUE tls", "ANNOUNCEMENT_OVERDUE tls 01");

        feed(assigned(1), new StatusChange.CancelAnnouncement(key(2)));
        watch.check();

        assertThat(alarm.open())
                .hasSize(many.length - 4)
                .doesNotContain(
                        "ANNOUNCEMENT_OVERDUE tls",
                        "ANNOUNCEMENT_OVERDUE tls 01",
                        "ANNOUNCEMENT_OVERDUE tls 02");
    }

    @Test
    void thousands_are_raised_as_some_and_a_number() {
        StatusChange[] many = new StatusChange[1_200];
        for (int i = 0; i < many.length; i++) {
            many[i] = announced(i + 1);
        }
        feed(many);
        clock.pass(WINDOW.plusSeconds(1));

        watch.check();

        assertThat(raised).hasSize(AnnouncementMonitor.MAX_RAISED + 1);
        assertThat(raised.getLast().what()).startsWith("more than 950 announced serials");
    }
}
