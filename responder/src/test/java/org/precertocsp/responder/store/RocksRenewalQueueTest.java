package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.status.TestChanges.ISSUER;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.revoked;
import static org.precertocsp.responder.status.TestChanges.source;
import static org.precertocsp.responder.store.TestResponses.NOON;
import static org.precertocsp.responder.store.TestResponses.good;
import static org.precertocsp.responder.store.TestResponses.usual;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.RenewalDeadline;
import org.precertocsp.responder.answer.ResponseKey;
import org.precertocsp.responder.answer.StoredResponse;
import org.precertocsp.responder.renewal.DueRenewal;
import org.precertocsp.responder.renewal.DueRenewal.Why;
import org.precertocsp.responder.renewal.RenewalPlan;
import org.precertocsp.responder.renewal.RenewalResult;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;

/// The queue of renewals in a real store.
final class RocksRenewalQueueTest {
    private static final Instant LATER = NOON.plus(Duration.ofDays(1));

    @TempDir private Path directory = Path.of("");

    private RocksStore open() throws StoreLockedException {
        return RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
    }

    private static void feed(RocksStore store, StatusChange... changes) {
        try (ChangeSet set = store.begin(source("a feed"))) {
            for (StatusChange change : changes) {
                set.apply(change);
            }
            set.commit();
        }
    }

    private static StatusChange[] declaredAll(List<SerialKey> serials) {
        return serials.stream().map(TestChanges::declared).toArray(StatusChange[]::new);
    }

    private static List<SerialKey> serials(int count) {
        return LongStream.range(1, count + 1).mapToObj(i -> key(i * 0x1234_5678_9abcL)).toList();
    }

    private static List<DueRenewal> due(RocksStore store, Instant now) {
        return store.renewals().due(ISSUER, now, 1_000);
    }

    private static void settle(RocksStore store, DueRenewal due, StoredResponse... renewed) {
        RenewalResult settled =
                new RenewalResult(due, List.of(renewed), List.of(), Optional.empty());
        store.renewals().settle(ISSUER, List.of(settled));
    }

    /// Stores responses through the queue, as the renewals do.
    private static void sign(RocksStore store, List<SerialKey> serials) {
        store.renewals().presign(ISSUER, PresignMode.ALL);
        feed(store, declaredAll(serials));
        for (DueRenewal due : due(store, NOON)) {
            settle(store, due, good(due.serial()));
        }
    }

    @Test
    void planned_ones_come_when_their_time_has_come_earliest_first() throws StoreLockedException {
        List<SerialKey> serials = serials(50);
        try (RocksStore store = open()) {
            sign(store, serials);

            assertThat(due(store, NOON)).isEmpty();
            assertThat(due(store, LATER).stream().map(DueRenewal::serial))
                    .containsExactlyElementsOf(
                            serials.stream().sorted(Comparator.comparing(this::planned)).toList());
        }
    }

    @Test
    void of_many_changed_ones_every_fourth_place_is_kept_for_planned_ones()
            throws StoreLockedException {
        List<SerialKey> serials = serials(50);
        try (RocksStore store = open()) {
            sign(store, serials);
            feed(
                    store,
                    serials.subList(0, 40).stream()
                            .map(it -> TestChanges.revoked(it, RevocationReason.SUPERSEDED))
                            .toArray(StatusChange[]::new));

            List<DueRenewal> due = store.renewals().due(ISSUER, LATER, 16);
            for (DueRenewal one : due) {
                settle(store, one, good(one.serial()));
            }
            List<DueRenewal> rest = store.renewals().due(ISSUER, LATER, 1_000);

            assertThat(due.stream().map(it -> it.why() == Why.PLANNED ? "planned" : "changed"))
                    .hasSize(16)
                    .startsWith("changed", "changed", "changed", "planned", "changed")
                    .filteredOn("planned"::equals)
                    .hasSize(4);
            assertThat(rest.stream().filter(it -> it.why() == Why.CHANGED)).hasSize(40 - 12);
            assertThat(rest.stream().map(DueRenewal::place).distinct()).hasSize(rest.size());
        }
    }

    @Test
    void planned_times_are_told_earliest_first_from_a_moment_on() throws StoreLockedException {
        List<SerialKey> serials = serials(50);
        List<Instant> times = serials.stream().map(this::planned).sorted().toList();
        try (RocksStore store = open()) {
            assertThat(store.renewals().planned(ISSUER, NOON, 100)).isEmpty();
            sign(store, serials);

            assertThat(store.renewals().planned(ISSUER, NOON, 100)).isEqualTo(times);
            assertThat(store.renewals().planned(ISSUER, NOON, 3)).isEqualTo(times.subList(0, 3));
            assertThat(store.renewals().planned(ISSUER, times.get(9), 100))
                    .isEqualTo(times.stream().filter(it -> it.isAfter(times.get(9))).toList());
        }
    }

    private Instant planned(SerialKey serial) {
        return RenewalPlan.of(usual(serial), good(serial).window());
    }

    @Test
    void what_is_due_brings_the_response_it_is_about() throws StoreLockedException {
        try (RocksStore store = open()) {
            sign(store, serials(1));

            DueRenewal due = due(store, LATER).getFirst();

            assertThat(due.why()).isEqualTo(Why.PLANNED);
            assertThat(due.asked()).contains(usual(serials(1).getFirst()));
            assertThat(due.kept())
                    .usingRecursiveComparison()
                    .isEqualTo(List.of(good(serials(1).getFirst())));
        }
    }

    @Test
    void what_is_not_settled_stays_due_and_what_is_settled_never_returns()
            throws StoreLockedException {
        try (RocksStore store = open()) {
            sign(store, serials(10));
            List<DueRenewal> due = due(store, LATER);
            for (int i = 0; i < 10; i += 2) {
                settle(store, due.get(i));
            }

            assertThat(due(store, LATER).stream().map(DueRenewal::place))
                    .containsExactly(
                            due.get(1).place(),
                            due.get(3).place(),
                            due.get(5).place(),
                            due.get(7).place(),
                            due.get(9).place());
        }
    }

    @Test
    void the_queue_goes_on_after_a_restart() throws StoreLockedException {
        try (RocksStore store = open()) {
            sign(store, serials(10));
            due(store, LATER).stream().limit(4).forEach(it -> settle(store, it));
        }
        try (RocksStore store = open()) {
            assertThat(due(store, LATER)).hasSize(6);
            due(store, LATER).forEach(it -> settle(store, it));
        }
        try (RocksStore store = open()) {
            assertThat(due(store, LATER)).isEmpty();
        }
    }

    @Test
    void a_response_planned_for_the_past_comes_next_and_is_not_lost_behind_the_reader()
            throws StoreLockedException {
        SerialKey serial = key(0x55);
        try (RocksStore store = open()) {
            sign(store, serials(3));
            feed(store, declared(serial));
            assertThat(due(store, LATER)).hasSize(4);
            due(store, LATER).forEach(it -> settle(store, it));
            store.responses().keep(good(usual(serial), NOON));
        }
        try (RocksStore store = open()) {
            assertThat(due(store, LATER.plusSeconds(2)).stream().map(DueRenewal::serial))
                    .containsExactly(serial);
        }
    }

    @Test
    void a_revoked_serial_comes_before_all_others_in_every_form_kept() throws StoreLockedException {
        List<SerialKey> serials = serials(5);
        ResponseKey other =
                new ResponseKey(serials.get(3), HashAlgorithm.SHA256, DigestParameters.ABSENT);
        try (RocksStore store = open()) {
            sign(store, serials);
            store.responses().keep(good(other, NOON));
        }
        try (RocksStore store = open()) {
            feed(store, revoked(serials.get(3), RevocationReason.KEY_COMPROMISE));

            DueRenewal first = due(store, LATER).getFirst();

            assertThat(first.why()).isEqualTo(Why.CHANGED);
            assertThat(first.serial()).isEqualTo(serials.get(3));
            assertThat(first.kept().stream().map(StoredResponse::key))
                    .containsExactlyInAnyOrder(usual(serials.get(3)), other);
        }
    }

    @Test
    void a_serial_is_not_taken_for_a_longer_one_that_begins_with_it() throws StoreLockedException {
        List<SerialKey> serials =
                LongStream.of(0x11, 0x1100, 0x1101, 0x1105, 0x110501, 0x1107, 0x1108, 0x12)
                        .mapToObj(TestChanges::key)
                        .toList();
        ResponseKey other =
                new ResponseKey(serials.getFirst(), HashAlgorithm.SHA512, DigestParameters.ABSENT);
        try (RocksStore store = open()) {
            sign(store, serials);
            store.responses().keep(good(other, NOON));
        }
        try (RocksStore store = open()) {
            feed(
                    store,
                    serials.stream()
                            .map(it -> revoked(it, RevocationReason.SUPERSEDED))
                            .toArray(StatusChange[]::new));

            List<DueRenewal> due = due(store, NOON);

            assertThat(due.stream().map(DueRenewal::serial))
                    .containsExactlyInAnyOrderElementsOf(serials);
            assertThat(due)
                    .allSatisfy(
                            it ->
                                    assertThat(it.kept().stream().map(StoredResponse::key))
                                            .contains(usual(it.serial())));
            assertThat(due.stream().mapToInt(it -> it.kept().size()).sum())
                    .isEqualTo(serials.size() + 1);
        }
    }

    @Test
    void under_asked_a_revocation_is_due_and_an_assignment_is_not() throws StoreLockedException {
        try (RocksStore store = open()) {
            store.renewals().presign(ISSUER, PresignMode.ASKED);
            feed(store, declared(key(1)));
            assertThat(due(store, NOON)).isEmpty();

            feed(store, revoked(key(1), RevocationReason.SUPERSEDED));
            assertThat(due(store, NOON).stream().map(DueRenewal::why)).containsExactly(Why.CHANGED);
        }
    }

    @Test
    void what_changes_nothing_clients_see_makes_nothing_due() throws StoreLockedException {
        try (RocksStore store = open()) {
            sign(store, List.of(key(1)));

            feed(store, TestChanges.precertificate(key(1)));
            feed(store, TestChanges.certificate(key(1)));

            assertThat(due(store, NOON)).isEmpty();
        }
    }

    @Test
    void a_set_that_is_not_committed_makes_nothing_due() throws StoreLockedException {
        try (RocksStore store = open()) {
            store.renewals().presign(ISSUER, PresignMode.ALL);
            try (ChangeSet set = store.begin(source("aborted"))) {
                set.apply(declared(key(1)));
            }
            assertThat(due(store, NOON)).isEmpty();
        }
    }

    @Test
    void serials_assigned_before_all_were_wanted_are_found_once_also_over_a_restart()
            throws StoreLockedException {
        List<SerialKey> serials = serials(7);
        List<SerialKey> seen = new ArrayList<>();
        try (RocksStore store = open()) {
            feed(store, declaredAll(serials));
            store.renewals().presign(ISSUER, PresignMode.ALL);
            for (DueRenewal due : store.renewals().due(ISSUER, NOON, 3)) {
                assertThat(due.why()).isEqualTo(Why.SWEPT);
                seen.add(due.serial());
                settle(store, due, good(due.serial()));
            }
        }
        try (RocksStore store = open()) {
            store.renewals().presign(ISSUER, PresignMode.ALL);
            for (DueRenewal due : due(store, NOON)) {
                seen.add(due.serial());
                settle(store, due, good(due.serial()));
            }
            assertThat(due(store, NOON)).isEmpty();
            assertThat(due(store, NOON)).isEmpty();
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(serials);
    }

    @Test
    void signing_nothing_ahead_forgets_the_responses_and_the_queue() throws StoreLockedException {
        try (RocksStore store = open()) {
            sign(store, serials(5));

            store.renewals().presign(ISSUER, PresignMode.NONE);

            assertThat(due(store, LATER)).isEmpty();
            assertThat(store.responses().find(usual(serials(5).getFirst()))).isEmpty();
            feed(store, declared(key(77)));
            assertThat(due(store, LATER)).isEmpty();
        }
    }

    @Test
    void a_dropped_response_is_gone_and_one_put_off_comes_again() throws StoreLockedException {
        try (RocksStore store = open()) {
            sign(store, serials(2));
            List<DueRenewal> due = due(store, LATER);
            ResponseKey dropped = due.get(0).asked().orElseThrow();
            Instant again = RenewalDeadline.of(good(due.get(1).serial()).window()).plusSeconds(60);
            store.renewals()
                    .settle(
                            ISSUER,
                            List.of(
                                    new RenewalResult(
                                            due.get(0),
                                            List.of(),
                                            List.of(dropped),
                                            Optional.empty()),
                                    new RenewalResult(
                                            due.get(1), List.of(), List.of(), Optional.of(again))));

            assertThat(store.responses().find(dropped)).isEmpty();
            assertThat(due(store, again.minusSeconds(1))).isEmpty();
            assertThat(due(store, again).stream().map(DueRenewal::serial))
                    .containsExactly(due.get(1).serial());
        }
    }

    @Test
    void a_clock_set_back_over_a_restart_loses_nothing() throws StoreLockedException {
        try (RocksStore store = open()) {
            sign(store, serials(3));
            due(store, LATER).forEach(it -> settle(store, it, good(usual(it.serial()), LATER)));
        }
        try (RocksStore store = open()) {
            feed(store, declared(key(0x99)));
            DueRenewal due = due(store, NOON).getFirst();
            settle(store, due, good(usual(key(0x99)), NOON));

            assertThat(due(store, LATER).stream().map(DueRenewal::serial))
                    .containsExactly(key(0x99));
        }
    }
}
