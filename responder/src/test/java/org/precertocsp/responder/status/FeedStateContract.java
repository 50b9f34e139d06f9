package org.precertocsp.responder.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.certificate;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.precertificate;
import static org.precertocsp.responder.status.TestChanges.revoked;
import static org.precertocsp.responder.status.TestChanges.source;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.RevocationReason;

/// What every status store keeps of feeds beside statuses: the newest CRLs, places in logs, and
/// what logs were first to bring.
public abstract class FeedStateContract {
    StatusStore store = new InMemoryStatusStore();

    /// An empty store.
    protected abstract StatusStore open();

    @BeforeEach
    final void openStore() {
        store = open();
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    void feed(String name, StatusChange... changes) {
        try (ChangeSet set = store.begin(source(name))) {
            for (StatusChange change : changes) {
                set.apply(change);
            }
            set.commit();
        }
    }

    @Test
    void newest_crl_of_each_scope_is_kept() {
        StateKey.NewestCrl full = new StateKey.NewestCrl(new CrlScope(TestChanges.ISSUER, ""));
        StateKey.NewestCrl shard =
                new StateKey.NewestCrl(
                        new CrlScope(TestChanges.ISSUER, "http://crl.example/1.crl"));
        try (ChangeSet set = store.begin(source("crl"))) {
            set.put(full, head(7));
            assertThat(set.get(full)).contains(head(7));
            set.put(full, head(8));
            set.put(shard, new LatestCrl(Optional.empty(), Instant.EPOCH, head(1).sha256()));
            set.commit();
        }

        try (ChangeSet set = store.begin(source("crl"))) {
            assertThat(set.get(full)).contains(head(8));
            assertThat(set.get(shard).orElseThrow().number()).isEmpty();
            assertThat(
                            set.get(
                                    new StateKey.NewestCrl(
                                            new CrlScope(TestChanges.issuer("other"), ""))))
                    .isEmpty();
        }
    }

    static LatestCrl head(long number) {
        return new LatestCrl(
                Optional.of(BigInteger.valueOf(number).shiftLeft(150)),
                TestChanges.REVOKED_AT,
                TestChanges.sha256("crl " + number));
    }

    @Test
    void head_of_a_log_is_kept_with_the_changes_of_its_set() {
        StateKey.LogPosition log = new StateKey.LogPosition(TestChanges.sha256("log key"));
        CtLogPosition head =
                new CtLogPosition(
                        7,
                        (1L << 40) + 3,
                        TestChanges.sha256("root"),
                        List.of(
                                TestChanges.sha256("a"),
                                TestChanges.sha256("b"),
                                TestChanges.sha256("c")),
                        TestChanges.REVOKED_AT);
        try (ChangeSet set = store.begin(source("forgotten"))) {
            set.put(log, head);
            assertThat(set.get(log)).contains(head);
        }
        try (ChangeSet set = store.begin(source("kept"))) {
            assertThat(set.get(log)).isEmpty();
            set.apply(precertificate(KEY));
            set.put(log, head);
            set.commit();
        }
        try (ChangeSet set = store.begin(source("next"))) {
            assertThat(set.get(log)).contains(head);
            assertThat(set.get(new StateKey.LogPosition(TestChanges.sha256("other log"))))
                    .isEmpty();
        }
        assertThat(store.find(KEY)).isPresent();
    }

    @Test
    @Requirement("CT-20")
    void what_a_log_was_first_to_bring_is_kept_until_a_feed_of_the_ca_brings_it() {
        CtObservation waiting = sighting(KEY, new CtObservation.State.Waiting());
        Instant since = TestChanges.REVOKED_AT;
        CtObservation incident =
                sighting(TestChanges.key(0x8002), new CtObservation.State.Incident(since));
        CtObservation other = sighting(TestChanges.key(0x8003), new CtObservation.State.Waiting());
        see(waiting, incident, other);
        assertThat(sightings()).containsExactly(waiting, incident, other);

        feed("unrelated", revoked(other.key(), RevocationReason.SUPERSEDED));
        assertThat(sightings()).as("a revocation").containsExactly(waiting, incident, other);
        feed("late", precertificate(KEY), precertificate(incident.key()));

        Instant fed = source("late").takenIn();
        assertThat(sightings())
                .containsExactly(incident.in(new CtObservation.State.FedLate(since, fed)), other);
        feed("later", certificate(incident.key()));
        assertThat(sightings()).hasSize(2).contains(other);

        try (ChangeSet set = store.begin(source("forget"))) {
            set.remove(new StateKey.LogObservation(other.key()));
            assertThat(set.get(new StateKey.LogObservation(other.key()))).isEmpty();
            set.commit();
        }
        assertThat(sightings()).hasSize(1).doesNotContain(other);
        assertThat(store.find(incident.key())).as("status").isPresent();
    }

    @Test
    @Requirement("CT-20")
    void neither_another_log_nor_another_certificate_settles_what_a_log_brought() {
        CtObservation waiting = sighting(KEY, new CtObservation.State.Waiting());
        ChangeSource log =
                new ChangeSource("ct-log", "a log", TestChanges.sha256("x"), Instant.EPOCH);
        try (ChangeSet set = store.begin(log)) {
            assertThat(set.find(KEY)).isEmpty();
            set.apply(precertificate(KEY));
            assertThat(set.find(KEY)).isPresent();
            set.put(new StateKey.LogObservation(KEY), waiting);
            set.apply(precertificate(KEY));
            assertThat(set.get(new StateKey.LogObservation(KEY))).contains(waiting);
            set.commit();
        }
        feed(
                "wrong",
                TestChanges.assigned(
                        KEY,
                        AssignedBy.CERTIFICATE,
                        TestChanges.document("another", "certificate")));

        assertThat(sightings()).containsExactly(waiting);
    }

    private static CtObservation sighting(SerialKey key, CtObservation.State state) {
        return new CtObservation(
                key,
                new CtObservation.LoggedDocument(
                        "a log",
                        1L << 40,
                        Instant.parse("2026-06-01T00:00:00.123Z"),
                        AssignedBy.PRECERTIFICATE,
                        TestChanges.sha256("document")),
                true,
                Instant.parse("2026-06-01T00:01:00Z"),
                state);
    }

    private void see(CtObservation... seen) {
        ChangeSource log =
                new ChangeSource("ct-log", "a log", TestChanges.sha256("x"), Instant.EPOCH);
        try (ChangeSet set = store.begin(log)) {
            for (CtObservation sighting : seen) {
                set.put(new StateKey.LogObservation(sighting.key()), sighting);
            }
            set.commit();
        }
    }

    private List<CtObservation> sightings() {
        List<CtObservation> sightings = new ArrayList<>();
        store.sightings(TestChanges.ISSUER, sightings::add);
        return sightings;
    }
}
