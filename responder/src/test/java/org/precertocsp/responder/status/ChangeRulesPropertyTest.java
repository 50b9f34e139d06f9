package org.precertocsp.responder.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.status.TestChanges.KEY;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.RevocationReason;

/// The invariants over random sequences of changes, few values apart so that they collide.
final class ChangeRulesPropertyTest {
    private static final Instant DAY = Instant.parse("2026-05-01T00:00:00Z");

    /// Feeds changes one by one and looks between them.
    private static final class Ledger implements AutoCloseable {
        private final InMemoryStatusStore store = new InMemoryStatusStore();
        private final ChangeSource source = TestChanges.source("property");

        ChangeOutcome feed(StatusChange change) {
            try (ChangeSet set = store.begin(source)) {
                ChangeOutcome outcome = set.apply(change);
                set.commit();
                return outcome;
            }
        }

        Optional<StatusRecord> record() {
            return store.find(KEY);
        }

        StatusDetails dossier() {
            return store.dossier(KEY);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Property(tries = 200)
    @Requirement({"SS-01", "SA-11"})
    void assigned_stays_assigned_and_revoked_stays_revoked(
            @ForAll("changes") List<StatusChange> changes) {
        try (Ledger ledger = new Ledger()) {
            boolean wasAssigned = false;
            boolean wasRevoked = false;
            for (StatusChange change : changes) {
                ledger.feed(change);
                boolean assigned = isAssigned(ledger.record());
                boolean revoked = isRevoked(ledger.record());
                assertThat(assigned || !wasAssigned).as("assigned after %s", change).isTrue();
                assertThat(revoked || !wasRevoked).as("revoked after %s", change).isTrue();
                wasAssigned = assigned;
                wasRevoked = revoked;
            }
        }
    }

    @Property(tries = 200)
    @Requirement("SA-11")
    void a_revocation_of_what_is_not_revoked_is_never_refused_whatever_its_dates(
            @ForAll("changes") List<StatusChange> changes, @ForAll long seconds) {
        Instant any =
                Instant.ofEpochSecond(
                        Math.clamp(
                                seconds,
                                Instant.MIN.getEpochSecond(),
                                Instant.MAX.getEpochSecond()));
        try (Ledger ledger = new Ledger()) {
            for (StatusChange change : changes) {
                boolean revoked = isRevoked(ledger.record());
                boolean revokes =
                        change instanceof StatusChange.Revoke revoke
                                && revoke.revocation().reason() != RevocationReason.REMOVE_FROM_CRL;
                ledger.feed(revokes ? at(any, (StatusChange.Revoke) change) : change);
                assertThat(isRevoked(ledger.record())).isEqualTo(revoked || revokes);
            }
        }
    }

    private static StatusChange at(Instant date, StatusChange.Revoke revoke) {
        return new StatusChange.Revoke(
                revoke.key(),
                new Revocation(date, revoke.revocation().reason(), Optional.of(date)),
                Optional.of(date));
    }

    @Property(tries = 200)
    @Requirement({"SS-03", "SS-04"})
    void only_an_assignment_or_a_revocation_assigns(@ForAll("changes") List<StatusChange> changes) {
        try (Ledger ledger = new Ledger()) {
            boolean named = false;
            for (StatusChange change : changes) {
                ChangeOutcome outcome = ledger.feed(change);
                named |=
                        !(outcome instanceof ChangeOutcome.Refused)
                                && (change instanceof StatusChange.Assign
                                        || change instanceof StatusChange.Revoke);
                assertThat(isAssigned(ledger.record())).isEqualTo(named);
            }
        }
    }

    @Property(tries = 200)
    void a_change_fed_twice_changes_once(@ForAll("changes") List<StatusChange> changes) {
        try (Ledger ledger = new Ledger()) {
            for (StatusChange change : changes) {
                ChangeOutcome first = ledger.feed(change);
                StatusDetails once = ledger.dossier();
                ChangeOutcome second = ledger.feed(change);

                assertThat(ledger.dossier()).isEqualTo(once);
                switch (first) {
                    case ChangeOutcome.Conflict _, ChangeOutcome.Refused _ ->
                            assertThat(second).isEqualTo(first);
                    case ChangeOutcome.Added _,
                            ChangeOutcome.AddedByRevocation _,
                            ChangeOutcome.Changed _,
                            ChangeOutcome.Unchanged _ ->
                            assertThat(second).isInstanceOf(ChangeOutcome.Unchanged.class);
                }
            }
        }
    }

    @Property(tries = 200)
    void a_refusal_or_a_conflict_leaves_the_record_alone(
            @ForAll("changes") List<StatusChange> changes) {
        try (Ledger ledger = new Ledger()) {
            for (StatusChange change : changes) {
                StatusDetails before = ledger.dossier();
                switch (ledger.feed(change)) {
                    case ChangeOutcome.Refused _, ChangeOutcome.Unchanged _ ->
                            assertThat(ledger.dossier()).isEqualTo(before);
                    case ChangeOutcome.Conflict _ ->
                            assertThat(ledger.record()).isEqualTo(before.record());
                    case ChangeOutcome.Changed _ ->
                            assertThat(ledger.dossier()).isNotEqualTo(before);
                    case ChangeOutcome.Added _, ChangeOutcome.AddedByRevocation _ ->
                            assertThat(isAssigned(before.record())).isFalse();
                }
            }
        }
    }

    @Property(tries = 200)
    void evidence_is_of_one_certificate_and_a_reason_is_never_lost(
            @ForAll("changes") List<StatusChange> changes) {
        try (Ledger ledger = new Ledger()) {
            boolean reasoned = false;
            for (StatusChange change : changes) {
                ledger.feed(change);
                assertThat(
                                ledger.dossier().evidence().stream()
                                        .flatMap(evidence -> evidence.commitment().stream())
                                        .map(CertificateFingerprint::contentSha256)
                                        .distinct())
                        .hasSizeLessThanOrEqualTo(1);
                boolean finalReason = hasFinalReason(ledger.record());
                assertThat(finalReason || !reasoned).isTrue();
                reasoned = finalReason;
            }
        }
    }

    @Property(tries = 200)
    void one_certificate_and_one_revocation_end_alike_in_any_order(
            @ForAll("revocations") StatusChange revocation, @ForAll Random random) {
        List<StatusChange> facts =
                new ArrayList<>(
                        List.of(
                                TestChanges.precertificate(KEY),
                                TestChanges.certificate(KEY),
                                TestChanges.declared(KEY, DAY),
                                revocation,
                                revocation));
        StatusRecord.Assigned expected = endOf(facts);

        Collections.shuffle(facts, random);
        StatusRecord.Assigned shuffled = endOf(facts);

        assertThat(shuffled.revocation()).isEqualTo(expected.revocation()).isPresent();
        assertThat(shuffled.notAfter())
                .isEqualTo(expected.notAfter())
                .contains(TestChanges.NOT_AFTER);
    }

    private static StatusRecord.Assigned endOf(List<StatusChange> facts) {
        try (Ledger ledger = new Ledger()) {
            facts.forEach(ledger::feed);
            return (StatusRecord.Assigned) ledger.record().orElseThrow();
        }
    }

    private static boolean isAssigned(Optional<StatusRecord> record) {
        return record.orElse(null) instanceof StatusRecord.Assigned;
    }

    private static boolean isRevoked(Optional<StatusRecord> record) {
        return record.orElse(null) instanceof StatusRecord.Assigned assigned
                && assigned.revocation().isPresent();
    }

    private static boolean hasFinalReason(Optional<StatusRecord> record) {
        return record.orElse(null) instanceof StatusRecord.Assigned assigned
                && assigned.revocation()
                        .filter(
                                revocation ->
                                        revocation.reason() != RevocationReason.UNSPECIFIED
                                                && revocation.reason()
                                                        != RevocationReason.CERTIFICATE_HOLD)
                        .isPresent();
    }

    @Provide
    Arbitrary<List<StatusChange>> changes() {
        return change().list().ofMaxSize(25);
    }

    private Arbitrary<StatusChange> change() {
        return Arbitraries.oneOf(
                dates().map(date -> new StatusChange.Announce(KEY, date)),
                Arbitraries.just(new StatusChange.CancelAnnouncement(KEY)),
                documents(),
                dates().optional().map(date -> declared(date)),
                revocations());
    }

    private static StatusChange declared(Optional<Instant> date) {
        return new StatusChange.Assign(KEY, AssignedBy.DECLARATION, date, Optional.empty());
    }

    private Arbitrary<StatusChange> documents() {
        return Combinators.combine(
                        Arbitraries.of(AssignedBy.PRECERTIFICATE, AssignedBy.CERTIFICATE),
                        Arbitraries.of("one", "other"),
                        Arbitraries.of("a", "b"))
                .as(
                        (by, certificate, document) ->
                                TestChanges.assigned(
                                        KEY, by, TestChanges.document(certificate, by + document)));
    }

    @Provide
    Arbitrary<StatusChange> revocations() {
        Arbitrary<RevocationReason> reasons =
                Arbitraries.of(
                        RevocationReason.UNSPECIFIED,
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.SUPERSEDED,
                        RevocationReason.CERTIFICATE_HOLD);
        return Combinators.combine(dates(), reasons, dates().optional(), dates().optional())
                .as(
                        (at, reason, invalid, notAfter) ->
                                new StatusChange.Revoke(
                                        KEY, new Revocation(at, reason, invalid), notAfter));
    }

    private static Arbitrary<Instant> dates() {
        return Arbitraries.integers().between(0, 2).map(days -> DAY.plusSeconds(86_400L * days));
    }
}
