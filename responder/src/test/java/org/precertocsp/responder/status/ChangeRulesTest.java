package org.precertocsp.responder.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.status.TestChanges.KEY;
import static org.precertocsp.responder.status.TestChanges.NOT_AFTER;
import static org.precertocsp.responder.status.TestChanges.REVOKED_AT;
import static org.precertocsp.responder.status.TestChanges.announced;
import static org.precertocsp.responder.status.TestChanges.assigned;
import static org.precertocsp.responder.status.TestChanges.certificate;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.document;
import static org.precertocsp.responder.status.TestChanges.precertificate;
import static org.precertocsp.responder.status.TestChanges.revoked;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.RevocationReason;

/// Each rule by example; the store underneath is the fake.
final class ChangeRulesTest {
    private static final Instant EARLIER = Instant.parse("2026-04-01T00:00:00Z");
    private static final Instant LATER = Instant.parse("2026-05-09T00:00:00Z");

    private final InMemoryStatusStore store = new InMemoryStatusStore();

    private ChangeOutcome feed(StatusChange change) {
        try (ChangeSet set = store.begin(TestChanges.source("feed"))) {
            ChangeOutcome outcome = set.apply(change);
            set.commit();
            return outcome;
        }
    }

    private StatusRecord.Assigned record() {
        return (StatusRecord.Assigned) store.find(KEY).orElseThrow();
    }

    private Revocation revocation() {
        return record().revocation().orElseThrow();
    }

    private StatusDetails dossier() {
        return store.dossier(KEY);
    }

    private String lastEvent() {
        return dossier().history().getLast().what();
    }

    @Test
    @Requirement("CT-20")
    void where_a_document_was_first_seen_is_told_once() {
        StatusChange.Assign change = (StatusChange.Assign) precertificate(KEY);

        feed(change.seenAt("log A, entry 7"));
        feed(change.seenAt("log A, entry 7"));
        feed(change.seenAt("log B, entry 9"));

        assertThat(dossier().evidence()).hasSize(1);
        assertThat(dossier().history())
                .extracting(StatusDetails.Event::what)
                .containsExactly("log A, entry 7");
    }

    @Test
    @Requirement("CT-20")
    void where_a_document_was_seen_is_told_with_what_it_changed() {
        feed(TestChanges.announced(KEY));
        feed(((StatusChange.Assign) precertificate(KEY)).seenAt("log A, entry 7"));
        feed(((StatusChange.Assign) certificate(KEY)).seenAt("log A, entry 8"));

        assertThat(dossier().history())
                .extracting(StatusDetails.Event::what)
                .satisfiesExactly(
                        announced -> assertThat(announced).startsWith("announced"),
                        first -> assertThat(first).endsWith("precertificate, log A, entry 7"),
                        second -> assertThat(second).isEqualTo("log A, entry 8"));
    }

    @Test
    @Requirement({"SS-01", "SS-09", "SS-18"})
    void precertificate_makes_a_serial_assigned_and_good() {
        assertThat(feed(precertificate(KEY))).isEqualTo(new ChangeOutcome.Added());

        assertThat(record())
                .isEqualTo(
                        new StatusRecord.Assigned(
                                AssignedBy.PRECERTIFICATE,
                                Optional.of(NOT_AFTER),
                                Optional.empty()));
        assertThat(dossier().evidence()).hasSize(1);
    }

    @Test
    @Requirement({"SS-12", "SS-13"})
    void certificate_of_the_precertificate_is_evidence_in_either_order() {
        feed(precertificate(KEY));
        assertThat(feed(certificate(KEY))).isEqualTo(new ChangeOutcome.Changed("certificate seen"));
        assertThat(feed(precertificate(KEY))).isEqualTo(new ChangeOutcome.Unchanged());
        assertThat(feed(certificate(KEY))).isEqualTo(new ChangeOutcome.Unchanged());
        assertThat(dossier().evidence())
                .extracting(StatusDetails.Evidence::by)
                .containsExactly(AssignedBy.PRECERTIFICATE, AssignedBy.CERTIFICATE);
        assertThat(record().by()).isEqualTo(AssignedBy.PRECERTIFICATE);

        InMemoryStatusStore other = new InMemoryStatusStore();
        try (ChangeSet set = other.begin(TestChanges.source("other order"))) {
            set.apply(certificate(KEY));
            assertThat(set.apply(precertificate(KEY)))
                    .isEqualTo(new ChangeOutcome.Changed("precertificate seen"));
        }
    }

    @Test
    @Requirement("SS-12")
    void resigned_precertificate_is_evidence_and_no_conflict() {
        feed(precertificate(KEY));

        assertThat(feed(again(AssignedBy.PRECERTIFICATE, document("certificate", "re-signed"))))
                .isEqualTo(new ChangeOutcome.Changed("precertificate seen"));
        assertThat(dossier().conflicts()).isEmpty();
        assertThat(dossier().evidence()).hasSize(2);
    }

    @Test
    @Requirement({"SS-11", "SS-12"})
    void second_precertificate_of_another_certificate_is_a_conflict() {
        feed(precertificate(KEY));
        StatusRecord before = record();
        StatusChange other = again(AssignedBy.PRECERTIFICATE, document("other", "precertificate"));

        ChangeOutcome outcome = feed(other);

        assertThat(outcome).isInstanceOf(ChangeOutcome.Conflict.class);
        assertThat(((ChangeOutcome.Conflict) outcome).why()).contains("SS-12");
        assertThat(record()).isEqualTo(before);
        assertThat(feed(other)).isEqualTo(outcome);
        assertThat(dossier().conflicts()).hasSize(1);
        assertThat(dossier().evidence()).hasSize(1);
    }

    @Test
    @Requirement({"SS-11", "SS-13"})
    void certificate_that_differs_from_its_precertificate_is_a_conflict() {
        feed(precertificate(KEY));

        ChangeOutcome outcome = feed(again(AssignedBy.CERTIFICATE, document("other", "c")));

        assertThat(((ChangeOutcome.Conflict) outcome).why()).contains("SS-13");
        assertThat(dossier().conflicts().getFirst().commitment()).contains(document("other", "c"));
    }

    @Test
    void conflict_on_a_revoked_serial_leaves_it_revoked() {
        feed(precertificate(KEY));
        feed(revoked(KEY, RevocationReason.KEY_COMPROMISE));

        feed(again(AssignedBy.CERTIFICATE, document("other", "c")));

        assertThat(revocation().reason()).isEqualTo(RevocationReason.KEY_COMPROMISE);
    }

    @Test
    void document_outweighs_a_declaration() {
        Instant wrong = NOT_AFTER.plusSeconds(60);
        feed(declared(KEY, wrong));

        ChangeOutcome outcome = feed(precertificate(KEY));

        assertThat(((ChangeOutcome.Changed) outcome).what())
                .contains("declaration → precertificate", wrong.toString(), NOT_AFTER.toString());
        assertThat(record().notAfter()).contains(NOT_AFTER);
        assertThat(lastEvent()).isEqualTo(((ChangeOutcome.Changed) outcome).what());

        ChangeOutcome again = feed(declared(KEY, wrong));
        assertThat(((ChangeOutcome.Refused) again).why())
                .contains("precertificate", NOT_AFTER.toString(), wrong.toString());
        assertThat(record().notAfter()).contains(NOT_AFTER);
    }

    @Test
    void declaration_that_agrees_is_unchanged_and_a_corrected_list_is_taken() {
        feed(declared(KEY));
        assertThat(feed(declared(KEY))).isEqualTo(new ChangeOutcome.Unchanged());

        assertThat(feed(declared(KEY, LATER))).isInstanceOf(ChangeOutcome.Changed.class);
        assertThat(record().notAfter()).contains(LATER);
        assertThat(dossier().evidence()).hasSize(1);
    }

    @Test
    @Requirement("SS-10")
    void precertificate_without_certificate_can_be_revoked() {
        feed(precertificate(KEY));

        assertThat(feed(revoked(KEY, RevocationReason.KEY_COMPROMISE)))
                .isEqualTo(
                        new ChangeOutcome.Changed("revoked 2026-05-01T08:30:00Z: keyCompromise"));
        assertThat(revocation().at()).isEqualTo(REVOKED_AT);
        assertThat(feed(revoked(KEY, RevocationReason.KEY_COMPROMISE)))
                .isEqualTo(new ChangeOutcome.Unchanged());
    }

    @Test
    void revocation_of_a_serial_nobody_announced_assigns_it_and_is_told() {
        assertThat(feed(revoked(KEY, RevocationReason.SUPERSEDED)))
                .isEqualTo(new ChangeOutcome.AddedByRevocation());
        assertThat(record().by()).isEqualTo(AssignedBy.REVOCATION);

        feed(declared(KEY));
        assertThat(record().by()).isEqualTo(AssignedBy.DECLARATION);
        feed(certificate(KEY));
        assertThat(record().by()).isEqualTo(AssignedBy.CERTIFICATE);
        assertThat(record().notAfter()).contains(NOT_AFTER);
        assertThat(revocation().reason()).isEqualTo(RevocationReason.SUPERSEDED);
    }

    @Test
    void announced_serial_may_be_revoked_assigned_or_cancelled() {
        assertThat(feed(announced(KEY))).isEqualTo(new ChangeOutcome.Added());
        assertThat(feed(announced(KEY))).isEqualTo(new ChangeOutcome.Unchanged());
        assertThat(feed(new StatusChange.CancelAnnouncement(KEY)))
                .isInstanceOf(ChangeOutcome.Changed.class);
        assertThat(store.find(KEY)).isEmpty();
        assertThat(feed(new StatusChange.CancelAnnouncement(KEY)))
                .isEqualTo(new ChangeOutcome.Unchanged());

        feed(announced(KEY));
        assertThat(feed(precertificate(KEY))).isInstanceOf(ChangeOutcome.Changed.class);
        assertThat(lastEvent()).contains("announced", "assigned by precertificate");

        InMemoryStatusStore other = new InMemoryStatusStore();
        try (ChangeSet set = other.begin(TestChanges.source("revoked at once"))) {
            set.apply(announced(KEY));
            assertThat(set.apply(revoked(KEY, RevocationReason.SUPERSEDED)))
                    .isEqualTo(new ChangeOutcome.AddedByRevocation());
        }
    }

    @Test
    @Requirement("SS-01")
    void assigned_serial_is_neither_hidden_nor_forgotten() {
        feed(precertificate(KEY));

        assertThat(feed(announced(KEY))).isInstanceOf(ChangeOutcome.Refused.class);
        assertThat(feed(new StatusChange.CancelAnnouncement(KEY)))
                .isInstanceOf(ChangeOutcome.Refused.class);
        assertThat(record().by()).isEqualTo(AssignedBy.PRECERTIFICATE);
    }

    @Test
    @Requirement("CR-11")
    void reason_is_amended_to_key_compromise_with_history() {
        feed(revoked(KEY, RevocationReason.SUPERSEDED));

        assertThat(feed(revoked(KEY, RevocationReason.KEY_COMPROMISE)))
                .isEqualTo(new ChangeOutcome.Changed("reason superseded → keyCompromise"));
        assertThat(lastEvent()).isEqualTo("reason superseded → keyCompromise");
    }

    @Test
    @Requirement({"CR-12", "CR-13", "CR-15"})
    void date_is_amended_in_both_directions_with_history() {
        feed(revoked(KEY, RevocationReason.KEY_COMPROMISE));

        feed(revoked(KEY, EARLIER, RevocationReason.KEY_COMPROMISE));
        assertThat(revocation().at()).isEqualTo(EARLIER);
        feed(revoked(KEY, LATER, RevocationReason.KEY_COMPROMISE));
        assertThat(revocation().at()).isEqualTo(LATER);
        assertThat(dossier().history())
                .extracting(StatusDetails.Event::what)
                .containsExactly(
                        "revocationDate " + REVOKED_AT + " → " + EARLIER,
                        "revocationDate " + EARLIER + " → " + LATER);
    }

    @Test
    @Requirement("CR-14")
    void invalidity_date_is_kept_and_moves_with_the_revocation_date_it_equalled() {
        feed(invalidSince(REVOKED_AT));
        assertThat(feed(revoked(KEY, RevocationReason.KEY_COMPROMISE)))
                .isEqualTo(new ChangeOutcome.Unchanged());

        feed(revoked(KEY, EARLIER, RevocationReason.KEY_COMPROMISE));
        assertThat(revocation().invalidityDate()).contains(EARLIER);

        feed(invalidSince(LATER));
        feed(revoked(KEY, EARLIER, RevocationReason.KEY_COMPROMISE));
        assertThat(revocation().invalidityDate()).contains(LATER);
    }

    @Test
    void statement_without_a_reason_erases_none_and_moves_the_date_only_back() {
        feed(revoked(KEY, RevocationReason.KEY_COMPROMISE));

        assertThat(feed(revoked(KEY, RevocationReason.UNSPECIFIED)))
                .isEqualTo(new ChangeOutcome.Unchanged());
        assertThat(feed(revoked(KEY, LATER, RevocationReason.UNSPECIFIED)))
                .isInstanceOf(ChangeOutcome.Refused.class);
        feed(revoked(KEY, EARLIER, RevocationReason.UNSPECIFIED));
        assertThat(revocation())
                .isEqualTo(
                        new Revocation(EARLIER, RevocationReason.KEY_COMPROMISE, Optional.empty()));
    }

    @Test
    @Requirement("SA-14")
    void hold_may_become_final_but_not_the_other_way() {
        feed(revoked(KEY, RevocationReason.CERTIFICATE_HOLD));
        feed(revoked(KEY, LATER, RevocationReason.UNSPECIFIED));
        assertThat(revocation().reason()).isEqualTo(RevocationReason.UNSPECIFIED);

        assertThat(feed(revoked(KEY, RevocationReason.CERTIFICATE_HOLD)))
                .isInstanceOf(ChangeOutcome.Refused.class);
        assertThat(revocation().reason()).isEqualTo(RevocationReason.UNSPECIFIED);
    }

    @Test
    @Requirement({"CR-09", "SA-11"})
    void remove_from_crl_undoes_nothing() {
        StatusChange removal = revoked(KEY, RevocationReason.REMOVE_FROM_CRL);
        assertThat(feed(removal)).isInstanceOf(ChangeOutcome.Refused.class);
        assertThat(store.find(KEY)).isEmpty();

        feed(revoked(KEY, RevocationReason.CERTIFICATE_HOLD));
        assertThat(feed(removal)).isInstanceOf(ChangeOutcome.Refused.class);
        assertThat(revocation().reason()).isEqualTo(RevocationReason.CERTIFICATE_HOLD);
    }

    @Test
    void revocation_counts_though_its_feed_says_another_end() {
        feed(precertificate(KEY));
        StatusChange change =
                new StatusChange.Revoke(
                        KEY,
                        new Revocation(REVOKED_AT, RevocationReason.SUPERSEDED, Optional.empty()),
                        Optional.of(LATER));

        assertThat(((ChangeOutcome.Changed) feed(change)).what())
                .contains("superseded", "notAfter stays " + NOT_AFTER, LATER.toString());
        assertThat(feed(change)).isEqualTo(new ChangeOutcome.Unchanged());
    }

    @Test
    @Requirement("SA-11")
    void a_date_no_certificate_can_carry_never_stops_a_revocation() {
        assertThat(feed(declared(KEY, Instant.MAX))).isEqualTo(new ChangeOutcome.Added());
        assertThat(feed(revoked(KEY, Instant.MIN, RevocationReason.SUPERSEDED)))
                .isInstanceOf(ChangeOutcome.Changed.class);
        assertThat(revocation().reason()).isEqualTo(RevocationReason.SUPERSEDED);
        assertThat(feed(new StatusChange.Announce(TestChanges.key(0x8002), Instant.MAX)))
                .isInstanceOf(ChangeOutcome.Refused.class);
    }

    @Test
    void documents_per_serial_are_limited() {
        for (int i = 0; i < ChangeRules.MAX_DOCUMENTS; i++) {
            feed(again(AssignedBy.PRECERTIFICATE, document("certificate", "copy " + i)));
            feed(again(AssignedBy.PRECERTIFICATE, document("other", "copy " + i)));
        }

        assertThat(feed(precertificate(KEY))).isInstanceOf(ChangeOutcome.Refused.class);
        assertThat(feed(again(AssignedBy.CERTIFICATE, document("other", "one more"))))
                .isInstanceOf(ChangeOutcome.Conflict.class);
        assertThat(dossier().evidence()).hasSize(ChangeRules.MAX_DOCUMENTS);
        assertThat(dossier().conflicts()).hasSize(ChangeRules.MAX_DOCUMENTS);
    }

    @Test
    void only_a_revocation_assigns_by_revocation() {
        assertThatThrownBy(
                        () ->
                                new StatusChange.Assign(
                                        KEY,
                                        AssignedBy.REVOCATION,
                                        Optional.empty(),
                                        Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Requirement("SA-11")
    void a_date_assumed_for_want_of_one_never_replaces_a_date() {
        feed(certificate(KEY));
        feed(undated(REVOKED_AT, RevocationReason.UNSPECIFIED));
        assertThat(revocation().at()).isEqualTo(REVOKED_AT);

        assertThat(feed(undated(LATER, RevocationReason.UNSPECIFIED)))
                .isInstanceOf(ChangeOutcome.Unchanged.class);
        feed(undated(EARLIER, RevocationReason.KEY_COMPROMISE));

        assertThat(revocation().at()).isEqualTo(REVOKED_AT);
        assertThat(revocation().reason()).isEqualTo(RevocationReason.KEY_COMPROMISE);
        assertThat(feed(undated(LATER, RevocationReason.UNSPECIFIED)))
                .isInstanceOf(ChangeOutcome.Unchanged.class);
    }

    private static StatusChange undated(Instant assumed, RevocationReason reason) {
        return new StatusChange.Revoke(
                KEY, new Revocation(assumed, reason, Optional.empty()), Optional.empty(), true);
    }

    @Test
    @Requirement({"SA-09", "CR-07"})
    void a_ca_certificate_revoked_without_a_reason_is_told_in_either_order() {
        StatusChange.Assign ca = ((StatusChange.Assign) certificate(KEY)).ofCa(true);
        feed(ca);

        ChangeOutcome revoked = feed(revoked(KEY, RevocationReason.UNSPECIFIED));
        assertThat(revoked)
                .isInstanceOfSatisfying(
                        ChangeOutcome.Changed.class,
                        it -> assertThat(it.caWithoutReason()).isTrue());
        assertThat(lastEvent()).contains("SA-09", "CR-07");
        feed(revoked(KEY, RevocationReason.SUPERSEDED));
        assertThat(lastEvent()).doesNotContain("SA-09");
        assertThat(record().ca()).isTrue();
    }

    @Test
    @Requirement({"SA-09", "CR-07"})
    void a_certificate_that_turns_out_to_be_of_a_ca_after_its_revocation_is_told() {
        feed(revoked(KEY, RevocationReason.UNSPECIFIED));

        assertThat(feed(((StatusChange.Assign) certificate(KEY)).ofCa(true)))
                .isInstanceOfSatisfying(
                        ChangeOutcome.Changed.class,
                        it -> assertThat(it.caWithoutReason()).isTrue());
        assertThat(feed(certificate(KEY))).isInstanceOf(ChangeOutcome.Unchanged.class);
        assertThat(record().ca()).isTrue();
    }

    private static StatusChange again(AssignedBy by, CertificateFingerprint commitment) {
        return assigned(KEY, by, commitment);
    }

    private static StatusChange invalidSince(Instant date) {
        return new StatusChange.Revoke(
                KEY,
                new Revocation(REVOKED_AT, RevocationReason.KEY_COMPROMISE, Optional.of(date)),
                Optional.empty());
    }
}
