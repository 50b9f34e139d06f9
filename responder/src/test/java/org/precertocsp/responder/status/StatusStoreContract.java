package org.precertocsp.responder.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.announced;
import static org.precertocsp.responder.status.TestChanges.certificate;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.document;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.precertificate;
import static org.precertocsp.responder.status.TestChanges.revoked;
import static org.precertocsp.responder.status.TestChanges.source;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;

/// What every status store does, whatever it is made of.
public abstract class StatusStoreContract extends FeedStateContract {
    @Test
    @Requirement("SS-03")
    void serial_nobody_fed_is_unassigned() {
        assertThat(store.find(KEY)).isEmpty();
        assertThat(store.findAll(List.of(KEY, key(2))))
                .containsExactly(Optional.empty(), Optional.empty());
        assertThat(store.dossier(KEY))
                .isEqualTo(
                        new StatusDetails(KEY, Optional.empty(), List.of(), List.of(), List.of()));
    }

    @Test
    void changes_are_invisible_until_committed_and_seen_by_their_own_set() {
        try (ChangeSet set = store.begin(source("feed"))) {
            assertThat(set.apply(precertificate(KEY))).isEqualTo(new ChangeOutcome.Added());
            assertThat(set.apply(precertificate(KEY))).isEqualTo(new ChangeOutcome.Unchanged());
            assertThat(set.apply(certificate(KEY)))
                    .isEqualTo(new ChangeOutcome.Changed("certificate seen"));
            assertThat(set.apply(revoked(KEY, RevocationReason.SUPERSEDED)))
                    .isInstanceOf(ChangeOutcome.Changed.class);
            assertThat(store.find(KEY)).isEmpty();

            set.commit();

            assertThat(store.find(KEY)).isPresent();
        }
        assertThat(store.dossier(KEY).evidence()).hasSize(2);
        assertThat(store.dossier(KEY).history()).hasSize(1);
    }

    @Test
    void closed_without_commit_is_forgotten() {
        try (ChangeSet set = store.begin(source("feed"))) {
            set.apply(precertificate(KEY));
            set.put(new StateKey.NewestCrl(new CrlScope(TestChanges.ISSUER, "")), head(1));
        }

        assertThat(store.find(KEY)).isEmpty();
        try (ChangeSet set = store.begin(source("next"))) {
            assertThat(set.get(new StateKey.NewestCrl(new CrlScope(TestChanges.ISSUER, ""))))
                    .isEmpty();
            assertThat(set.apply(precertificate(KEY))).isEqualTo(new ChangeOutcome.Added());
        }
    }

    @Test
    void what_was_committed_is_judged_against() {
        feed("first", precertificate(KEY));

        try (ChangeSet set = store.begin(source("second"))) {
            assertThat(set.apply(precertificate(KEY))).isEqualTo(new ChangeOutcome.Unchanged());
            assertThat(
                            set.apply(
                                    TestChanges.assigned(
                                            KEY,
                                            AssignedBy.CERTIFICATE,
                                            document("other", "certificate"))))
                    .isInstanceOf(ChangeOutcome.Conflict.class);
        }
    }

    @Test
    void every_kind_of_record_comes_back_as_it_went() {
        Instant at = Instant.parse("1969-12-31T23:59:58Z");
        Instant end = Instant.parse("9999-12-31T23:59:59Z");
        Revocation full =
                new Revocation(at, RevocationReason.AA_COMPROMISE, Optional.of(Instant.EPOCH));
        feed(
                "feed",
                new StatusChange.Announce(key(1), at),
                declared(key(2), end),
                new StatusChange.Revoke(key(3), full, Optional.of(end)),
                new StatusChange.Assign(
                        key(4), AssignedBy.DECLARATION, Optional.empty(), Optional.empty()));

        assertThat(store.find(key(1))).contains(new StatusRecord.Announced(at));
        assertThat(store.findAll(List.of(key(5), key(1), key(2), key(1))))
                .containsExactly(
                        Optional.empty(),
                        store.find(key(1)),
                        store.find(key(2)),
                        store.find(key(1)));
        assertThat(store.find(key(2)))
                .contains(
                        new StatusRecord.Assigned(
                                AssignedBy.DECLARATION, Optional.of(end), Optional.empty()));
        assertThat(store.find(key(3)))
                .contains(
                        new StatusRecord.Assigned(
                                AssignedBy.REVOCATION, Optional.of(end), Optional.of(full)));
        assertThat(store.find(key(4)))
                .contains(
                        new StatusRecord.Assigned(
                                AssignedBy.DECLARATION, Optional.empty(), Optional.empty()));
    }

    @Test
    void announcement_may_be_cancelled_and_made_again_in_one_set() {
        StatusChange announced = announced(KEY);
        StatusChange cancelled = new StatusChange.CancelAnnouncement(KEY);

        feed("one at a time", announced, cancelled, announced, cancelled, announced);
        try (ChangeSet set = store.begin(source("together"))) {
            set.applyAll(List.of(cancelled, announced, cancelled, precertificate(KEY)));
            set.commit();
        }

        assertThat(store.find(KEY)).containsInstanceOf(StatusRecord.Assigned.class);
        assertThat(store.dossier(KEY).evidence()).hasSize(1);
    }

    @Test
    void cancelled_announcement_leaves_nothing_but_history() {
        feed("one", TestChanges.announced(KEY));
        feed("two", new StatusChange.CancelAnnouncement(KEY));

        assertThat(store.find(KEY)).isEmpty();
        assertThat(store.dossier(KEY).history())
                .extracting(event -> event.source().name())
                .containsExactly("one", "two");
    }

    @Test
    @Requirement("SS-16")
    void serials_keep_their_octets_and_issuers_their_serials() {
        Serial positive = Serial.ofDerContent(new byte[] {0, (byte) 0x80});
        Serial negative = Serial.ofDerContent(new byte[] {(byte) 0x80});
        SerialKey elsewhere = new SerialKey(TestChanges.issuer("other"), positive);
        feed("feed", precertificate(new SerialKey(TestChanges.ISSUER, positive)));

        assertThat(store.find(new SerialKey(TestChanges.ISSUER, positive))).isPresent();
        assertThat(store.find(new SerialKey(TestChanges.ISSUER, negative))).isEmpty();
        assertThat(store.find(elsewhere)).isEmpty();

        feed("feed", declared(elsewhere));
        assertThat(store.find(elsewhere)).isPresent();
        assertThat(store.dossier(elsewhere).evidence()).hasSize(1);
    }

    @Test
    @Requirement("SS-15")
    void shortest_and_longest_serials_are_kept_apart() {
        byte[] longest = new byte[21];
        longest[1] = (byte) 0xff;
        SerialKey zero = key(0);
        SerialKey minusOne = key(-1);
        SerialKey big = new SerialKey(TestChanges.ISSUER, Serial.ofDerContent(longest));

        feed("feed", declared(zero), revoked(big, RevocationReason.SUPERSEDED));

        assertThat(store.find(zero)).isPresent();
        assertThat(store.find(big)).isPresent();
        assertThat(store.find(minusOne)).isEmpty();
        assertThat(store.dossier(zero).history()).isEmpty();
    }

    @Test
    void dossier_tells_evidence_history_and_conflicts_with_their_sources() {
        CertificateFingerprint other = document("other", "precertificate");
        feed("precertificates", precertificate(KEY));
        feed("certificates", certificate(KEY));
        feed("crl 1", revoked(KEY, RevocationReason.SUPERSEDED));
        feed("crl 2", revoked(KEY, RevocationReason.KEY_COMPROMISE));
        feed("ct log", TestChanges.assigned(KEY, AssignedBy.PRECERTIFICATE, other));

        StatusDetails dossier = store.dossier(KEY);

        assertThat(dossier.record()).isEqualTo(store.find(KEY));
        assertThat(dossier.evidence())
                .containsExactly(
                        new StatusDetails.Evidence(
                                AssignedBy.PRECERTIFICATE,
                                Optional.of(document("certificate", "precertificate")),
                                source("precertificates")),
                        new StatusDetails.Evidence(
                                AssignedBy.CERTIFICATE,
                                Optional.of(document("certificate", "certificate")),
                                source("certificates")));
        assertThat(dossier.history())
                .extracting(StatusDetails.Event::source)
                .containsExactly(source("crl 1"), source("crl 2"));
        assertThat(dossier.history().getLast())
                .isEqualTo(
                        new StatusDetails.Event(
                                source("crl 2").takenIn(),
                                "reason superseded → keyCompromise",
                                source("crl 2")));
        assertThat(dossier.conflicts())
                .extracting(StatusDetails.Conflict::commitment, StatusDetails.Conflict::source)
                .containsExactly(tuple(Optional.of(other), source("ct log")));
    }

    @Test
    @Requirement("SA-11")
    void stale_change_never_undoes_a_revocation() {
        feed("crl", revoked(KEY, RevocationReason.KEY_COMPROMISE));

        feed(
                "old list",
                declared(KEY),
                precertificate(KEY),
                TestChanges.announced(KEY),
                new StatusChange.CancelAnnouncement(KEY),
                revoked(KEY, RevocationReason.REMOVE_FROM_CRL));

        StatusRecord.Assigned record = (StatusRecord.Assigned) store.find(KEY).orElseThrow();
        assertThat(record.revocation().orElseThrow().reason())
                .isEqualTo(RevocationReason.KEY_COMPROMISE);
        assertThat(record.by()).isEqualTo(AssignedBy.PRECERTIFICATE);
    }

    @Test
    void one_set_is_open_at_a_time() throws InterruptedException, ExecutionException {
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<ChangeOutcome> second;
        try (ChangeSet first = store.begin(source("first"))) {
            second =
                    CompletableFuture.supplyAsync(
                            () -> {
                                started.countDown();
                                try (ChangeSet set = store.begin(source("second"))) {
                                    return set.apply(precertificate(KEY));
                                }
                            });
            started.await();
            first.apply(precertificate(KEY));
            assertThat(second).isNotDone();
            first.commit();
        }
        assertThat(second.get()).isEqualTo(new ChangeOutcome.Unchanged());
    }

    @Test
    void reader_sees_a_set_whole_or_not_at_all() throws InterruptedException, ExecutionException {
        SerialKey last =
                new SerialKey(TestChanges.issuer("another, new in this set"), KEY.serial());
        AtomicBoolean reading = new AtomicBoolean(true);
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<Boolean> torn =
                CompletableFuture.supplyAsync(
                        () -> {
                            boolean broken = false;
                            while (reading.get()) {
                                boolean one = store.find(KEY).isPresent();
                                boolean other = store.find(last).isPresent();
                                broken |= one && !other;
                                started.countDown();
                            }
                            return broken;
                        });
        started.await();
        try (ChangeSet set = store.begin(source("set"))) {
            set.apply(declared(KEY));
            for (int i = 1; i < 2_000; i++) {
                set.apply(declared(key(i)));
            }
            set.apply(declared(last));
            set.commit();
        }
        reading.set(false);
        assertThat(torn.get()).isFalse();
    }

    @Test
    void finished_set_takes_no_more() {
        ChangeSet set = store.begin(source("feed"));
        set.apply(declared(KEY));
        set.commit();

        assertThatThrownBy(() -> set.apply(declared(KEY)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(set::commit).isInstanceOf(IllegalStateException.class);
        set.close();
        set.close();
        assertThatThrownBy(
                        () -> set.get(new StateKey.NewestCrl(new CrlScope(TestChanges.ISSUER, ""))))
                .isInstanceOf(IllegalStateException.class);
        feed("next", declared(key(2)));
    }

    @Test
    void closed_store_fails_and_is_never_taken_for_unassigned() {
        feed("feed", declared(KEY));
        try (ChangeSet set = store.begin(source("open while closing"))) {
            store.close();
            store.close();

            assertThatThrownBy(() -> set.apply(declared(KEY))).isInstanceOf(StoreException.class);
            assertThatThrownBy(set::commit).isInstanceOf(StoreException.class);
        }
        assertThatThrownBy(() -> store.find(KEY)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.dossier(KEY)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.begin(source("late"))).isInstanceOf(StoreException.class);
    }
}
