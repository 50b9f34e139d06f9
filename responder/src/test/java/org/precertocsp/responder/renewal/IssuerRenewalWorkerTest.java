package org.precertocsp.responder.renewal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.await;
import static org.precertocsp.responder.renewal.RenewalFixture.NOON;
import static org.precertocsp.responder.renewal.RenewalFixture.VALIDITY;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.revoked;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.CertStatus;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.RenewalDeadline;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;
import org.precertocsp.signer.SignerUnavailableException.Cause;

/// What becomes of what is due, over a real store.
final class IssuerRenewalWorkerTest {
    @TempDir private Path directory = Path.of("");

    private RenewalFixture renewing(PresignMode presign) throws StoreLockedException {
        return new RenewalFixture(directory.resolve("store"), presign);
    }

    @Test
    void every_assigned_serial_gets_a_response_at_once_where_all_are_wanted()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY), declared(key(2)), TestChanges.announced(key(3)));
            it.settleAll();

            assertThat(it.statusOf(KEY)).isEqualTo(new CertStatus.Good());
            assertThat(it.kept(KEY).orElseThrow().window().length()).isEqualTo(VALIDITY);
            assertThat(it.signed).containsExactlyInAnyOrder(KEY, key(2));
        }
    }

    @Test
    @Requirement({"TF-04", "TF-05", "TF-06", "TF-07"})
    void a_response_is_renewed_at_its_planned_time_and_so_before_its_deadline()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY));
            it.settleAll();
            Instant planned = it.plannedFor(KEY);
            Instant deadline = RenewalDeadline.of(it.kept(KEY).orElseThrow().window());

            it.now = planned.minusSeconds(1);
            it.settleAll();
            assertThat(it.signed).hasSize(1);
            it.now = planned;
            it.settleAll();

            assertThat(it.signed).hasSize(2);
            assertThat(planned).isBefore(deadline);
            assertThat(it.kept(KEY).orElseThrow().window().thisUpdate()).isEqualTo(planned);
        }
    }

    @Test
    @Requirement("SA-11")
    void a_revoked_serial_is_signed_first_and_urgently()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY), declared(key(2)));
            it.settleAll();
            it.now = NOON.plus(Duration.ofHours(23));
            it.feed(revoked(KEY, RevocationReason.KEY_COMPROMISE), declared(key(3)));
            it.settleAll();

            assertThat(it.signedUrgently).containsExactly(KEY);
            assertThat(it.statusOf(KEY)).isInstanceOf(CertStatus.Revoked.class);
        }
    }

    @Test
    void a_change_while_signing_is_what_is_stored_in_the_end()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY));
            it.whileSigning =
                    () -> {
                        it.whileSigning = () -> {};
                        it.feed(revoked(KEY, RevocationReason.KEY_COMPROMISE));
                    };
            it.step();

            assertThat(it.statusOf(KEY)).isInstanceOf(CertStatus.Revoked.class);
        }
    }

    @Test
    void what_nobody_asks_for_expires_and_is_then_forgotten()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = asked()) {
            StoredResponse kept = it.kept(KEY).orElseThrow();
            it.now = RenewalPlan.of(kept.key(), kept.window());
            it.settleAll();
            assertThat(it.kept(KEY)).isPresent();

            it.now = RenewalDeadline.of(kept.window());
            it.settleAll();

            assertThat(it.signed).isEmpty();
            assertThat(it.kept(KEY)).isEmpty();
        }
    }

    @Test
    void what_was_asked_for_is_renewed() throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = asked()) {
            StoredResponse kept = it.kept(KEY).orElseThrow();
            it.wasAsked = asked -> asked.key().equals(kept.key());
            it.now = RenewalPlan.of(kept.key(), kept.window());
            it.settleAll();

            assertThat(it.signed).containsExactly(KEY);
            assertThat(it.kept(KEY).orElseThrow().window().thisUpdate()).isEqualTo(it.now);
        }
    }

    /// With a response a live answer left at noon.
    private RenewalFixture asked() throws StoreLockedException, InterruptedException {
        StoredResponse live;
        try (RenewalFixture before =
                new RenewalFixture(directory.resolve("other"), PresignMode.ALL)) {
            before.feed(declared(KEY));
            before.settleAll();
            live = before.kept(KEY).orElseThrow();
        }
        try (RenewalFixture answering = renewing(PresignMode.ASKED)) {
            answering.feed(declared(KEY));
            answering.store.responses().keep(live);
        }
        return renewing(PresignMode.ASKED);
    }

    @Test
    void a_key_that_fails_leaves_everything_due_and_is_asked_ever_more_seldom()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY));
            it.keyRefuses = Optional.of(Cause.KEY_FAILED);
            assertThat(it.step()).isEqualTo(Duration.ofSeconds(1));
            assertThat(it.step()).isEqualTo(Duration.ofSeconds(2));
            assertThat(it.state().failing()).isTrue();
            for (int i = 0; i < 10; i++) {
                it.step();
            }
            assertThat(it.step()).isEqualTo(Duration.ofMinutes(1));

            it.keyRefuses = Optional.empty();
            it.settleAll();

            assertThat(it.statusOf(KEY)).isEqualTo(new CertStatus.Good());
            assertThat(it.state().failing()).isFalse();
        }
    }

    @Test
    void a_crowded_key_is_asked_again_soon() throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY));
            it.keyRefuses = Optional.of(Cause.QUEUE_FULL);

            assertThat(it.step()).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void ended_certificates_are_not_signed_for_any_more()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(
                    declared(KEY, NOON.minusSeconds(1)),
                    declared(key(2), NOON.plus(Duration.ofHours(23))));
            it.settleAll();
            assertThat(it.signed).containsExactly(key(2));

            it.now = NOON.plus(Duration.ofDays(1));
            it.settleAll();

            assertThat(it.signed).containsExactly(key(2));
            assertThat(it.kept(key(2))).isEmpty();
        }
    }

    @Test
    void serials_of_before_are_signed_when_all_become_wanted()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ASKED)) {
            it.feed(declared(KEY), declared(key(2)));
            it.settleAll();
            assertThat(it.signed).isEmpty();
        }
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.settleAll();
            assertThat(it.signed).containsExactlyInAnyOrderElementsOf(List.of(KEY, key(2)));
        }
    }

    @Test
    void renewals_rest_while_clients_are_served()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY));
            it.step();
            it.feed(declared(key(2)));
            it.now = it.now.plusSeconds(1);
            it.requests += 10_000;

            assertThat(it.step()).isPositive();
            assertThat(it.statusOf(key(2))).isEqualTo(new CertStatus.Good());
        }
    }

    @Test
    void new_answers_after_a_revocation_do_not_rest_while_clients_are_served()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY));
            it.step();
            it.feed(revoked(KEY, RevocationReason.KEY_COMPROMISE));
            it.now = it.now.plusSeconds(1);
            it.requests += 10_000;

            assertThat(it.step()).isZero();
            assertThat(it.statusOf(KEY)).isInstanceOf(CertStatus.Revoked.class);
        }
    }

    @Test
    void what_is_planned_is_told_and_looked_at_again_a_second_later()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            assertThat(it.state().ahead()).isEmpty();
            it.feed(declared(KEY), declared(key(2)));
            it.settleAll();
            assertThat(it.state().ahead().orElseThrow().next()).isEmpty();
            Instant first = Collections.min(List.of(it.plannedFor(KEY), it.plannedFor(key(2))));

            it.now = NOON.plusSeconds(1);
            it.step();

            assertThat(it.state().ahead())
                    .contains(new RenewalForecast(Optional.of(first), 0, 2, Optional.empty()));
        }
    }

    @Test
    void lag_is_that_of_the_oldest_planned() throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY));
            it.settleAll();
            it.now = it.plannedFor(KEY).plusSeconds(90);
            it.keyRefuses = Optional.of(Cause.BREAKER_OPEN);
            it.step();

            assertThat(it.state().lag()).isEqualTo(Duration.ofSeconds(90));
        }
    }

    @Test
    void lag_grows_while_the_key_holds_the_worker_up_and_ends_with_the_renewal()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY));
            it.settleAll();
            it.now = it.plannedFor(KEY).plusSeconds(90);
            List<Duration> lags = new ArrayList<>();
            it.whileSigning =
                    () -> {
                        lags.add(it.state().lag());
                        it.now = it.now.plusSeconds(50);
                        lags.add(it.state().lag());
                    };
            it.step();

            assertThat(lags).containsExactly(Duration.ofSeconds(90), Duration.ofSeconds(140));
            assertThat(it.state().lag()).isZero();
        }
    }

    @Test
    void a_response_past_its_deadline_is_told_while_the_worker_is_held_up()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY));
            it.settleAll();
            Instant deadline = RenewalDeadline.of(it.kept(KEY).orElseThrow().window());
            it.now = deadline.minusSeconds(30);
            List<Optional<String>> told = new ArrayList<>();
            it.whileSigning =
                    () -> {
                        told.add(it.state().overdue());
                        it.now = deadline.plusSeconds(31);
                        told.add(it.state().overdue());
                    };
            it.step();

            assertThat(told.getFirst()).isEmpty();
            assertThat(told.getLast().orElseThrow()).contains("deadline PT31S ago");
            assertThat(it.state().overdue()).isEmpty();
        }
    }

    @Test
    void a_worker_without_progress_is_told_even_where_no_deadline_has_passed()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY), declared(key(2)));
            List<Optional<String>> told = new ArrayList<>();
            it.whileSigning =
                    () -> {
                        it.now = it.now.plusSeconds(59);
                        told.add(it.state().overdue());
                        it.now = it.now.plusSeconds(2);
                        told.add(it.state().overdue());
                    };
            it.step();

            assertThat(told).hasSize(4);
            assertThat(told.get(0)).isEmpty();
            assertThat(told.get(1).orElseThrow()).contains("no progress");
            assertThat(told.get(2)).as("one was signed since").isEmpty();
            assertThat(it.state().overdue()).isEmpty();
        }
    }

    @Test
    void overdue_renewals_are_an_alert_until_they_are_made()
            throws StoreLockedException, InterruptedException {
        try (RenewalFixture it = renewing(PresignMode.ALL)) {
            it.feed(declared(KEY));
            it.settleAll();
            it.now = NOON.plus(VALIDITY);
            it.keyRefuses = Optional.of(Cause.KEY_FAILED);
            List<String> alerts = new ArrayList<>();
            Alarm alarm =
                    new Alarm() {
                        @Override
                        public void raise(Incident incident) {
                            alerts.add(incident.kind() + " " + incident.about());
                        }

                        @Override
                        public void end(Incident.Kind kind, String about) {
                            alerts.add("end of " + kind + " " + about);
                        }
                    };
            try (RenewalService renewals = it.running()) {
                await(() -> renewals.states().getFirst().overdue().isPresent());
                renewals.lookForOverdue(alarm);
                renewals.lookForOverdue(alarm);
                it.keyRefuses = Optional.empty();
                await(() -> renewals.states().getFirst().overdue().isEmpty());
                renewals.lookForOverdue(alarm);
                renewals.lookForOverdue(alarm);
            }

            assertThat(alerts)
                    .containsExactly("RENEWAL_OVERDUE test", "end of RENEWAL_OVERDUE test");
        }
    }
}
