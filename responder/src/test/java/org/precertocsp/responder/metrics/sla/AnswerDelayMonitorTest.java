package org.precertocsp.responder.metrics.sla;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.TestChanges;

final class AnswerDelayMonitorTest {
    private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-06-10T12:00:00Z");

    private final InMemoryStatusStore store = new InMemoryStatusStore();
    private final FakeClock clock = new FakeClock(NOW);
    private final FakeAlarm alarm = new FakeAlarm();
    private final List<Incident> incidents = alarm.raised();
    private final AtomicBoolean signs = new AtomicBoolean(true);
    private AnswerDelayMonitor answers = answers();

    private AnswerDelayMonitor answers() {
        return new AnswerDelayMonitor(
                List.of(new MeasuredIssuer("alpha", TestChanges.ISSUER, signs::get)),
                store,
                (_, _) -> START,
                alarm,
                clock);
    }

    private ChangeWriter writer() {
        return new ChangeWriter(store, List.of(answers));
    }

    @BeforeEach
    void begin() {
        answers = answers();
    }

    @AfterEach
    void close() {
        answers.close();
    }

    private void feed(String kind, StatusChange... changes) {
        ChangeSource source =
                new ChangeSource(kind, "file", TestChanges.sha256("file"), clock.instant());
        try (ChangeSet set = writer().begin(source)) {
            set.applyAll(List.of(changes));
            set.commit();
        }
    }

    private static StatusChange published(long serial, Instant at) {
        return ((StatusChange.Assign) TestChanges.precertificate(TestChanges.key(serial)))
                .publishedAt(at);
    }

    private AnswerDelayStatistics state(DelayBasis basis) {
        return answers.states().stream()
                .filter(it -> it.basis() == basis)
                .findFirst()
                .orElseThrow();
    }

    private long counted(DelayBasis basis) {
        return state(basis).counts().stream().mapToLong(Long::longValue).sum();
    }

    private AnswerDelayStatistics.Apart apart() {
        return answers.apart().getFirst();
    }

    @Test
    @Requirement("SA-01")
    void time_counts_from_publication_to_the_commit() {
        feed(
                "certificates",
                published(1, NOW.minusSeconds(20)),
                published(2, NOW.minusSeconds(70)));

        assertThat(state(DelayBasis.PUBLISHED).counts()).startsWith(0L, 0L, 1L, 0L, 1L);
        assertThat(state(DelayBasis.PUBLISHED).seconds()).isEqualTo(90.0);
        assertThat(state(DelayBasis.PUBLISHED).overdue()).isZero();
        assertThat(incidents).isEmpty();
    }

    @Test
    @Requirement("SA-01")
    void more_than_15_minutes_is_counted_and_an_incident_of_the_serial() {
        Instant just = NOW.minus(AnswerDelayMonitor.DUTY);
        feed("ct-log", published(1, just), published(2, just.minusSeconds(1)));

        assertThat(state(DelayBasis.PUBLISHED).overdue()).isEqualTo(1);
        assertThat(incidents).hasSize(1);
        assertThat(incidents.getFirst().kind()).isEqualTo(Incident.Kind.ANSWER_OVERDUE);
        assertThat(incidents.getFirst().about()).isEqualTo("02");
        assertThat(incidents.getFirst().what()).contains("2026-06-10T11:44:59Z", "alpha");
    }

    @Test
    void many_late_ones_are_one_incident_of_the_issuer() {
        StatusChange[] all = new StatusChange[500];
        for (int i = 0; i < all.length; i++) {
            all[i] = published(i + 1, NOW.minus(Duration.ofHours(3)).plusSeconds(i));
        }
        feed("ct-log", all);

        assertThat(state(DelayBasis.PUBLISHED).overdue()).isEqualTo(500);
        assertThat(incidents).hasSize(1);
        assertThat(incidents.getFirst().about()).isEqualTo("alpha");
        assertThat(incidents.getFirst().what()).contains("500 serials", "the first: serial 01");
    }

    @Test
    void what_was_published_before_the_server_first_answered_is_counted_apart() {
        feed("ct-log", published(1, START.minusSeconds(1)), published(2, START));

        assertThat(apart().backfill()).isEqualTo(1);
        assertThat(counted(DelayBasis.PUBLISHED)).isEqualTo(1);
    }

    @Test
    void without_a_publication_time_the_intake_counts_and_wakes_nobody() {
        ChangeSource source =
                new ChangeSource("certificates", "big", TestChanges.sha256("big"), NOW);
        try (ChangeSet set = writer().begin(source)) {
            set.apply(TestChanges.precertificate(TestChanges.key(1)));
            clock.pass(Duration.ofMinutes(20));
            set.commit();
        }

        assertThat(state(DelayBasis.INTAKE).overdue()).isEqualTo(1);
        assertThat(counted(DelayBasis.PUBLISHED)).isZero();
        assertThat(incidents).isEmpty();
    }

    @Test
    void what_only_a_list_or_a_revocation_names_is_counted_apart() {
        feed(
                "csv",
                TestChanges.declared(TestChanges.key(1)),
                TestChanges.revoked(TestChanges.key(2), RevocationReason.SUPERSEDED));

        assertThat(apart().listed()).isEqualTo(2);
        assertThat(counted(DelayBasis.INTAKE)).isZero();
    }

    @Test
    void serial_counts_once_however_often_it_is_fed() {
        feed("certificates", published(1, NOW.minusSeconds(3)));
        feed("certificates", published(1, NOW.minusSeconds(3)));
        feed(
                "certificates",
                TestChanges.assigned(
                        TestChanges.key(1),
                        AssignedBy.CERTIFICATE,
                        TestChanges.document("certificate", "another")));

        assertThat(counted(DelayBasis.PUBLISHED)).isEqualTo(1);
        assertThat(counted(DelayBasis.INTAKE)).isZero();
    }

    @Test
    void announced_serial_counts_when_it_is_assigned() {
        feed("api", TestChanges.announced(TestChanges.key(1)));
        assertThat(counted(DelayBasis.INTAKE)).isZero();

        feed("api", TestChanges.precertificate(TestChanges.key(1)));
        assertThat(counted(DelayBasis.INTAKE)).isEqualTo(1);
    }

    @Test
    void set_that_is_not_committed_counts_nothing() {
        try (ChangeSet set = writer().begin(TestChanges.source("file"))) {
            set.apply(published(1, NOW));
        }

        assertThat(counted(DelayBasis.PUBLISHED)).isZero();
    }

    @Test
    @Requirement("SA-01")
    void serials_wait_until_the_key_signs_again() {
        signs.set(false);
        feed("certificates", published(1, NOW));
        clock.pass(Duration.ofMinutes(10));
        answers.check();
        assertThat(counted(DelayBasis.PUBLISHED)).isZero();
        assertThat(apart().waiting()).isEqualTo(1);

        signs.set(true);
        answers.check();
        assertThat(state(DelayBasis.PUBLISHED).seconds()).isEqualTo(600.0);
        assertThat(apart().waiting()).isZero();
        assertThat(incidents).isEmpty();
    }

    @Test
    @Requirement("SA-01")
    void alarm_is_raised_while_the_key_still_does_not_sign_once() {
        signs.set(false);
        feed("certificates", published(1, NOW), TestChanges.precertificate(TestChanges.key(2)));
        clock.pass(Duration.ofMinutes(15).plusSeconds(1));
        answers.check();
        answers.check();

        assertThat(incidents).hasSize(1);
        assertThat(incidents.getFirst().what()).contains("its key does not sign");

        signs.set(true);
        answers.check();
        // Each serial that was late is told for good.
        assertThat(alarm.open()).containsExactly("ANSWER_OVERDUE 01");
    }

    @Test
    @Requirement("CT-19")
    void log_tells_that_a_fed_serial_had_been_public_for_long_once() {
        feed("certificates", TestChanges.precertificate(TestChanges.key(1)));
        clock.pass(Duration.ofMinutes(1));
        feed("ct-log", published(1, NOW.minus(Duration.ofMinutes(30))));
        feed("ct-log", published(1, NOW.minus(Duration.ofMinutes(31))));

        assertThat(state(DelayBasis.PUBLISHED).overdue()).isEqualTo(1);
        assertThat(counted(DelayBasis.PUBLISHED)).isZero();
        assertThat(incidents).extracting(Incident::about).containsExactly("01");
    }

    @Test
    void log_that_is_no_more_than_15_minutes_ahead_of_the_feed_is_fine() {
        feed("certificates", TestChanges.precertificate(TestChanges.key(1)));
        feed("ct-log", published(1, NOW.minus(Duration.ofMinutes(14))));

        assertThat(state(DelayBasis.PUBLISHED).overdue()).isZero();
        assertThat(incidents).isEmpty();
    }

    @Test
    void issuers_that_are_not_answered_for_are_nobodys_duty() {
        feed(
                "certificates",
                new StatusChange.Assign(
                        new SerialKey(TestChanges.issuer("other"), TestChanges.KEY.serial()),
                        AssignedBy.PRECERTIFICATE,
                        Optional.empty(),
                        Optional.of(TestChanges.document("a", "b"))));

        assertThat(counted(DelayBasis.INTAKE)).isZero();
    }
}
