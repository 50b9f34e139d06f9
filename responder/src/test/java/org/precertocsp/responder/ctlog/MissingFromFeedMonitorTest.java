package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.ctlog.MissingFromFeedMonitor.ObservationCleanup;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.TestChanges;

/// What becomes of serials that only a log brought.
@Requirement("CT-20")
final class MissingFromFeedMonitorTest {
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final LogFollowerFixture following = new LogFollowerFixture();
    private final List<AuditEvent> audited = new ArrayList<>();
    private final FakeAlarm alarm = new FakeAlarm();
    private final List<Incident> raised = alarm.raised();
    private boolean auditFails;
    private final MissingFromFeedMonitor neverFed = neverFed();

    private MissingFromFeedMonitor neverFed() {
        return new MissingFromFeedMonitor(
                new LogMonitor.Subjects(LogFollowerFixture.ISSUERS, following.store),
                new LogMonitor.Outlets(
                        this::record,
                        new Alarm() {
                            @Override
                            public void raise(Incident incident) {
                                MissingFromFeedMonitorTest.this.raise(incident);
                            }

                            @Override
                            public void end(Incident.Kind kind, String about) {
                                alarm.end(kind, about);
                            }
                        }),
                GRACE,
                following.clock);
    }

    private void record(AuditEvent event) {
        if (auditFails) {
            throw new AuditException("disk full", new IllegalStateException());
        }
        audited.add(event);
    }

    private void raise(Incident incident) {
        assertThat(audited).as("audited before told").isNotEmpty();
        assertThat(following.sightings())
                .as("told before settled")
                .anyMatch(it -> it.state() instanceof CtObservation.State.Waiting);
        alarm.raise(incident);
    }

    private void see(boolean assigned, long... serials) {
        ChangeSource source =
                new ChangeSource(
                        "ct-log", "a log", TestChanges.sha256("x"), following.clock.instant());
        try (ChangeSet set = following.store.begin(source)) {
            for (long serial : serials) {
                SerialKey key = LogFollowerFixture.key(serial);
                if (assigned) {
                    set.apply(TestChanges.precertificate(key));
                }
                set.put(
                        new StateKey.LogObservation(key),
                        new CtObservation(
                                key,
                                new CtObservation.LoggedDocument(
                                        "a log",
                                        700 + serial,
                                        Instant.parse("2026-06-01T00:00:00Z"),
                                        AssignedBy.PRECERTIFICATE,
                                        TestChanges.sha256("document " + serial)),
                                assigned,
                                following.clock.instant(),
                                new CtObservation.State.Waiting()));
            }
            set.commit();
        }
    }

    private void feed(long serial) {
        ChangeSource source =
                new ChangeSource(
                        "certificates", "x", TestChanges.sha256("x"), following.clock.instant());
        try (ChangeSet set = following.store.begin(source)) {
            set.apply(TestChanges.precertificate(LogFollowerFixture.key(serial)));
            set.commit();
        }
    }

    @Test
    void after_the_time_of_grace_it_is_an_incident_told_once_with_all_one_must_know() {
        see(true, 1);
        following.clock.pass(GRACE.minusSeconds(1));
        neverFed.check();
        assertThat(raised).isEmpty();

        following.clock.pass(Duration.ofSeconds(1));
        neverFed.check();
        neverFed.check();
        neverFed().check();

        assertThat(raised)
                .singleElement()
                .satisfies(
                        incident -> {
                            assertThat(incident.kind())
                                    .isEqualTo(Incident.Kind.PRECERTIFICATE_NEVER_FED);
                            assertThat(incident.about())
                                    .isEqualTo(
                                            "ours " + LogFollowerFixture.key(1).serial().toHex());
                            assertThat(incident.what())
                                    .contains("a log", "entry 701", "answered as assigned")
                                    .contains(TestChanges.sha256("document 1").toHex());
                        });
        assertThat(audited)
                .singleElement()
                .satisfies(
                        event -> {
                            assertThat(event.kind())
                                    .isEqualTo(AuditEvent.Kind.PRECERTIFICATE_NEVER_FED);
                            assertThat(event.details())
                                    .containsEntry("policy", "answer")
                                    .containsEntry("log", "a log")
                                    .containsEntry("entry", "701");
                        });
        assertThat(neverFed.broughtBy("a log")).isEqualTo(1);
        assertThat(neverFed.openOf("ours")).isEqualTo(1);
    }

    @Test
    void what_the_ca_feeds_in_time_is_none() {
        see(true, 1);
        feed(1);
        following.clock.pass(GRACE);

        neverFed.check();

        assertThat(raised).isEmpty();
        assertThat(following.sightings()).isEmpty();
    }

    @Test
    void what_the_ca_feeds_late_stays_known_but_is_no_longer_open() {
        see(true, 1);
        following.clock.pass(GRACE);
        neverFed.check();
        Instant since = following.clock.instant();
        following.clock.pass(Duration.ofHours(1));
        feed(1);

        neverFed.check();

        assertThat(neverFed.openOf("ours")).isZero();
        assertThat(alarm.open()).isEmpty();
        assertThat(following.sightings())
                .extracting(CtObservation::state)
                .containsExactly(new CtObservation.State.FedLate(since, following.clock.instant()));
    }

    @Test
    void what_is_settled_is_forgotten_after_a_month() {
        see(true, 1);
        following.clock.pass(GRACE);
        neverFed.check();
        feed(1);
        following.clock.pass(ObservationCleanup.SETTLED);
        neverFed.check();
        assertThat(following.sightings()).hasSize(1);

        following.clock.pass(Duration.ofSeconds(1));
        neverFed.check();

        assertThat(following.sightings()).isEmpty();
        assertThat(following.store.find(LogFollowerFixture.key(1))).as("its status").isPresent();
    }

    @Test
    @Requirement({"RT-01", "RT-03"})
    void an_incident_is_forgotten_two_years_after_its_certificate_ended() {
        see(true, 1);
        see(false, 2);
        following.clock.pass(GRACE);
        neverFed.check();
        following.clock.pass(ObservationCleanup.OPEN.plusSeconds(1));
        neverFed.check();
        assertThat(following.sightings())
                .as("never assigned, so that no end is known")
                .extracting(CtObservation::key)
                .containsExactly(LogFollowerFixture.key(1));

        following.clock.pass(
                Duration.between(
                        following.clock.instant(),
                        TestChanges.NOT_AFTER.plus(ObservationCleanup.OPEN)));
        neverFed.check();
        assertThat(following.sightings()).hasSize(1);

        following.clock.pass(Duration.ofSeconds(1));
        neverFed.check();
        assertThat(following.sightings()).isEmpty();
    }

    @Test
    void where_nothing_was_assigned_the_alert_says_so() {
        see(false, 1);
        following.clock.pass(GRACE);

        neverFed.check();

        assertThat(raised.getFirst().what())
                .contains("Because of ct: alert-only it is not assigned");
        assertThat(audited.getFirst().details()).containsEntry("policy", "alert-only");
    }

    @Test
    void what_cannot_be_audited_is_not_told_and_comes_again() {
        see(true, 1);
        following.clock.pass(GRACE);
        auditFails = true;
        assertThatThrownBy(neverFed::check).isInstanceOf(AuditException.class);
        assertThat(raised).isEmpty();

        auditFails = false;
        neverFed.check();

        assertThat(raised).hasSize(1);
    }

    @Test
    void many_at_once_are_one_alert_and_an_audit_event_for_each_hundred() {
        long[] serials = new long[250];
        for (int i = 0; i < serials.length; i++) {
            serials[i] = i + 1L;
        }
        see(true, serials);
        following.clock.pass(GRACE);

        neverFed.check();

        assertThat(raised).singleElement().extracting(Incident::about).isEqualTo("ours");
        assertThat(raised.getFirst().what()).contains("250").contains("reconcile");
        assertThat(audited).hasSize(3);
        assertThat(String.valueOf(audited.getLast().details().get("serials")).split(" ", -1))
                .hasSize(50);
        assertThat(neverFed.openOf("ours")).isEqualTo(250);
        assertThat(following.sightings())
                .allMatch(it -> it.state() instanceof CtObservation.State.Incident);
    }
}
