package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.CA;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.SIGNER;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.SUBJECT;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.key;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.log;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.serial;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.ctlog.TestLogServer.Api;
import org.precertocsp.responder.ctlog.TestLogServer.Fault;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.TestChanges;

/// What a follower takes in from a log of either API, over real HTTP with real signatures.
final class LogFollowerTest {
    private final LogFollowerFixture following = new LogFollowerFixture();

    @AfterEach
    void close() {
        following.close();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"CT-03", "CT-04", "CT-12", "CT-17", "SS-01"})
    void exactly_our_serials_become_assigned_with_evidence(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 1_200);

        LoadSummary summary = following.follow(following.serve(api, log), log);

        assertThat(summary.added()).isEqualTo(3);
        assertThat(summary.clean()).isTrue();
        assertThat(by(1)).isEqualTo(AssignedBy.PRECERTIFICATE);
        assertThat(by(2)).isEqualTo(AssignedBy.PRECERTIFICATE);
        assertThat(by(3)).isEqualTo(AssignedBy.CERTIFICATE);
        assertThat(following.store.find(key(77))).isEmpty();
        StatusDetails dossier = following.store.dossier(key(2));
        int index = 600 + 2 + 400;
        assertThat(dossier.evidence().getFirst().commitment().orElseThrow().documentSha256())
                .isEqualTo(ByteString.of(TestLog.sha256(log.entry(index).precertificate())));
        assertThat(dossier.history().getFirst().what())
                .contains("test log, entry " + index + " of 2026-06-01T00:00:01.");
    }

    private AssignedBy by(long number) {
        return ((StatusRecord.Assigned) following.store.find(key(number)).orElseThrow()).by();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-07")
    void short_pages_lose_nothing(Api api) throws Exception {
        TestLog log = log(TestCa.rsa(2048), 700);
        TestLogServer server = following.serve(api, log);
        server.page(33);

        assertThat(following.follow(server, log).added()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void next_time_reads_only_what_is_new(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 700);
        TestLogServer server = following.serve(api, log);
        following.follow(server, log);
        log.addStrangers(300);
        log.addPrecertificate(CA, CA, serial(4), SUBJECT);
        server.serve(log, log.size());
        server.page(100);
        int before = server.requests();

        LoadSummary summary = following.follow(server, log);

        assertThat(summary.added()).isEqualTo(1);
        assertThat(summary.unchanged()).isZero();
        assertThat(following.store.find(key(4))).isPresent();
        assertThat(server.requests() - before).isLessThan(20);
        assertThat(following.follow(server, log).added()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-09")
    void what_a_log_says_beside_the_leaf_needs_our_signature(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 100);
        TestLogServer server = following.serve(api, log);
        server.fail(Fault.WRONG_PRECERTIFICATE);

        LoadSummary summary = following.follow(server, log);

        assertThat(summary.refused()).isEqualTo(2);
        assertThat(summary.reports().getFirst().reason()).contains("signature");
        assertThat(following.store.find(key(1))).isEmpty();
        assertThat(following.store.find(key(3))).isPresent();
    }

    @ParameterizedTest
    @EnumSource
    void a_busy_log_is_asked_again_when_it_says(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 300);
        TestLogServer server = following.serve(api, log);
        server.fail(Fault.BUSY);

        assertThat(following.follow(server, log).added()).isEqualTo(3);
        assertThat(following.pauses).isNotEmpty().containsOnly(Duration.ofSeconds(7));
    }

    @Test
    void a_log_that_is_down_is_given_up_after_longer_and_longer_pauses() throws Exception {
        TestLog log = log(TestCa.p256(), 300);
        TestLogServer server = following.serve(Api.RFC6962, log);
        LogFollower follower = following.follower(server, log.keys(), 500);
        server.fail(Fault.DOWN);

        assertThatThrownBy(() -> follower.catchUp(OptionalLong.empty(), FollowerProgress.SILENT))
                .isInstanceOf(LogUnavailableException.class)
                .hasMessageContaining("503");
        assertThat(following.pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L);
    }

    @Test
    @Requirement("CT-13")
    void a_partial_tile_that_is_gone_is_read_from_the_full_one() throws Exception {
        TestLog log = log(TestCa.p256(), 600);
        int shown = log.size() - 50;
        log.addStrangers(1024 - log.size());
        TestLogServer server = following.serve(Api.STATIC, log);
        server.serve(log, shown);
        server.fail(Fault.NO_PARTIAL_TILES);

        assertThat(following.follow(server, log).added()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void reading_may_begin_anywhere_and_is_proven_all_the_same(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 600);
        TestLogServer server = following.serve(api, log);
        LogFollower follower = following.follower(server, log.keys(), 200);

        // The first of ours is entry 300.
        follower.catchUp(OptionalLong.of(301), FollowerProgress.SILENT);

        assertThat(follower.summary(Optional.empty()).added()).isEqualTo(2);
        assertThat(following.store.find(key(1))).isEmpty();
        assertThatThrownBy(
                        () ->
                                following
                                        .follower(server, log.keys(), 200)
                                        .catchUp(OptionalLong.of(0), FollowerProgress.SILENT))
                .isInstanceOf(InvalidStartEntryException.class)
                .hasMessageContaining("omit --from");
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"CT-03", "CT-08"})
    void ten_thousand_entries_are_read_in_proven_stretches(Api api) throws Exception {
        TestLog log = new TestLog(TestCa.p256());
        for (int i = 0; i < 20; i++) {
            log.addStrangers(495);
            for (int j = 0; j < 5; j++) {
                TestCa signer = j == 4 ? SIGNER : CA;
                log.addPrecertificate(CA, signer, serial(1_000 + 5L * i + j), SUBJECT);
            }
        }
        TestLogServer server = following.serve(api, log);
        LogFollower follower = following.follower(server, log.keys(), 1 << 11);
        List<Long> seen = new ArrayList<>();

        follower.catchUp(OptionalLong.empty(), (done, all) -> seen.add(100 * done / all));

        LoadSummary summary = follower.summary(Optional.empty());
        assertThat(log.size()).isEqualTo(10_000);
        assertThat(summary.added()).isEqualTo(100);
        assertThat(summary.clean()).isTrue();
        assertThat(seen).isSorted().startsWith(0L).endsWith(100L);
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-20")
    void what_a_log_was_first_to_bring_is_noted_with_its_entry(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 600);
        following.follow(following.serve(api, log), log);

        CtObservation second = following.sightings().get(1);
        assertThat(following.sightings())
                .extracting(CtObservation::key)
                .containsExactly(key(1), key(2), key(3));
        int index = 300 + 2 + 200;
        assertThat(second.document().entry()).isEqualTo(index);
        assertThat(second.document().sha256())
                .isEqualTo(ByteString.of(TestLog.sha256(log.entry(index).precertificate())));
        assertThat(second.assigned()).isTrue();
        assertThat(second.state()).isEqualTo(new CtObservation.State.Waiting());
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-20")
    void of_an_alert_only_issuer_nothing_is_assigned_but_all_is_noted(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 100);
        LogFollower follower =
                following.follower(
                        following.serve(api, log),
                        log.keys(),
                        following.tools(500, Set.of(CA.certificate().key())));

        follower.catchUp(OptionalLong.empty(), FollowerProgress.SILENT);

        assertThat(following.store.find(key(1))).isEmpty();
        assertThat(following.sightings()).hasSize(3).noneMatch(CtObservation::assigned);
        assertThat(follower.summary(Optional.empty()).added()).isZero();
    }

    @Test
    @Requirement("CT-20")
    void what_the_ca_fed_before_is_nothing_to_note_and_neither_is_what_has_ended()
            throws Exception {
        TestLog log = log(TestCa.p256(), 100);
        TestLogServer server = following.serve(Api.STATIC, log);
        feed(TestChanges.precertificate(key(1)));
        following.follow(server, log);
        assertThat(following.sightings())
                .extracting(CtObservation::key)
                .containsExactly(key(2), key(3));

        log.addPrecertificate(CA, CA, serial(4), SUBJECT);
        server.serve(log, log.size());
        following.clock.pass(Duration.ofDays(4_000));
        LogFollower follower = following.follower(server, log.keys(), following.patient(Set.of()));
        follower.catchUp(OptionalLong.empty(), FollowerProgress.SILENT);

        assertThat(following.store.find(key(4))).isPresent();
        assertThat(following.sightings()).hasSize(2);
    }

    private void feed(StatusChange change) {
        try (ChangeSet set = following.store.begin(TestChanges.source("the CA"))) {
            set.apply(change);
            set.commit();
        }
    }
}
