package org.precertocsp.responder.intake.ctlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.certificate.LoggedCertificates;
import org.precertocsp.responder.intake.certificate.PrecertificateSigners;
import org.precertocsp.responder.intake.ctlog.TestLogServer.Api;
import org.precertocsp.responder.intake.ctlog.TestLogServer.Fault;
import org.precertocsp.responder.intake.ctlog.client.ClientLimits;
import org.precertocsp.responder.intake.ctlog.client.CtLog;
import org.precertocsp.responder.intake.ctlog.client.LogHttp;
import org.precertocsp.responder.intake.ctlog.client.LogOpening;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.intake.ctlog.head.BadLogKey;
import org.precertocsp.responder.intake.ctlog.head.LogKey;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Dossier;
import org.precertocsp.responder.status.InMemoryStatusStore;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;

/// A follower and a log of either API, over real HTTP with real signatures.
final class LogFollowerTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final KeyPair SUBJECT = TestCa.p256();
    private static final TestCa CA = TestCa.root("Followed CA");
    private static final TestCa SIGNER = CA.precertificateSigner("Followed Precertificate Signer");
    private static final TestCa STRANGER = TestCa.root("Some other CA");

    private static final ClientLimits LIMITS =
            new ClientLimits(
                    4,
                    Duration.ofSeconds(20),
                    4,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    16 << 20);

    private final FakeClock clock = new FakeClock(NOW);
    private final InMemoryStatusStore store = new InMemoryStatusStore();
    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final List<SerialKey> discovered = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    /// Strangers, and ours among them: by the CA, by its signer, and a certificate.
    private static TestLog log(KeyPair keys, int strangers) {
        TestLog log = new TestLog(keys);
        log.addStrangers(strangers / 2);
        log.addPrecertificate(CA, CA, serial(1), SUBJECT);
        log.addCertificate(STRANGER, STRANGER.issue(serial(77), SUBJECT, _ -> {}));
        log.addStrangers(strangers / 3);
        log.addPrecertificate(CA, SIGNER, serial(2), SUBJECT);
        log.addCertificate(CA, CA.issue(serial(3), SUBJECT, _ -> {}));
        log.addStrangers(strangers - strangers / 2 - strangers / 3);
        return log;
    }

    private static BigInteger serial(long number) {
        return BigInteger.valueOf(number).shiftLeft(64);
    }

    private static SerialKey key(long number) {
        return new SerialKey(CA.certificate().key(), Serial.of(serial(number)));
    }

    private TestLogServer serve(Api api, TestLog log) {
        TestLogServer server = new TestLogServer(api, log, NOW);
        open.add(server);
        return server;
    }

    private LogFollower follower(TestLogServer server, KeyPair keys, int entriesAtOnce)
            throws BadLogKey, LogUnavailable, InterruptedException {
        FedIssuer.Directory issuers =
                new FedIssuer.Directory(
                        List.of(
                                new FedIssuer(
                                        "ours", List.of(CA.certificate()), IssuerProfile.PRIVATE)));
        LogKey key = LogKey.of(Octets.of(keys.getPublic().getEncoded()));
        LogHttp http = new LogHttp(LIMITS, clock, pauses::add, "test");
        open.add(http);
        CtLog log = LogOpening.of(http, server.url(), key);
        LogIntake intake =
                new LogIntake(
                        store,
                        new LoggedCertificates(PrecertificateSigners.none(issuers)),
                        (serial, _) -> discovered.add(serial),
                        clock);
        return new LogFollower(
                new FollowedLog("test log", key.id(), log),
                new LogFollower.Tools(
                        OurIssuers.of(issuers),
                        intake,
                        new FollowLimits(entriesAtOnce, 1_000, Duration.ofHours(26)),
                        LIMITS.inFlight(),
                        clock));
    }

    private LoadSummary follow(TestLogServer server, TestLog log) throws Exception {
        LogFollower follower = follower(server, log.keys(), 500);
        follower.catchUp(OptionalLong.empty(), FollowProgress.SILENT);
        return follower.summary(Optional.empty());
    }

    private LogAlert alert(TestLogServer server, TestLog log) throws Exception {
        LogFollower follower = follower(server, log.keys(), 500);
        LogAlert alert =
                catchThrowableOfType(
                        LogAlert.class,
                        () -> follower.catchUp(OptionalLong.empty(), FollowProgress.SILENT));
        assertThat(alert).as("an alert").isNotNull();
        assertThat(alert).hasMessageStartingWith("test log: ");
        return alert;
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"CT-03", "CT-04", "CT-17", "SS-01"})
    void exactly_our_serials_become_assigned_with_evidence(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 1_200);

        LoadSummary summary = follow(serve(api, log), log);

        assertThat(summary.added()).isEqualTo(3);
        assertThat(summary.clean()).isTrue();
        assertThat(discovered).containsExactly(key(1), key(2), key(3));
        assertThat(by(1)).isEqualTo(AssignedBy.PRECERTIFICATE);
        assertThat(by(2)).isEqualTo(AssignedBy.PRECERTIFICATE);
        assertThat(by(3)).isEqualTo(AssignedBy.CERTIFICATE);
        assertThat(store.find(key(77))).isEmpty();
        Dossier dossier = store.dossier(key(2));
        int index = 600 + 2 + 400;
        assertThat(dossier.evidence().getFirst().commitment().orElseThrow().documentSha256())
                .isEqualTo(Octets.of(TestLog.sha256(log.entry(index).precertificate())));
        assertThat(dossier.history().getFirst().what())
                .contains("test log, entry " + index + " of 2026-06-01T00:00:01.");
    }

    private AssignedBy by(long number) {
        return ((StatusRecord.Assigned) store.find(key(number)).orElseThrow()).by();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-07")
    void short_pages_lose_nothing(Api api) throws Exception {
        TestLog log = log(TestCa.rsa(2048), 700);
        TestLogServer server = serve(api, log);
        server.page(33);

        assertThat(follow(server, log).added()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void next_time_reads_only_what_is_new(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 700);
        TestLogServer server = serve(api, log);
        follow(server, log);
        log.addStrangers(300);
        log.addPrecertificate(CA, CA, serial(4), SUBJECT);
        server.serve(log, log.size());
        server.page(100);
        int before = server.requests();

        LoadSummary summary = follow(server, log);

        assertThat(summary.added()).isEqualTo(1);
        assertThat(summary.unchanged()).isZero();
        assertThat(store.find(key(4))).isPresent();
        assertThat(server.requests() - before).isLessThan(20);
        assertThat(follow(server, log).added()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"CT-08", "CT-09"})
    void a_tampered_entry_stops_it_and_changes_nothing(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 400);
        TestLogServer server = serve(api, log);
        server.fail(Fault.TAMPERED_ENTRY);

        LogAlert alert = alert(server, log);

        assertThat(alert.kind()).isEqualTo(LogAlert.Kind.TAMPERED);
        assertThat(alert).hasMessageContaining(log.root(log.size()).toHex());
        assertNothingChanged();

        server.repair();
        assertThat(follow(server, log).added()).isEqualTo(3);
    }

    private void assertNothingChanged() {
        assertThat(discovered).isEmpty();
        assertThat(store.find(key(1))).isEmpty();
        assertThat(store.find(key(2))).isEmpty();
        assertThat(store.find(key(3))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void a_forked_log_stops_it(Api api) throws Exception {
        KeyPair keys = TestCa.p256();
        TestLog before = new TestLog(keys);
        before.addStrangers(300);
        TestLogServer server = serve(api, before);
        follow(server, before);
        TestLog fork = log(keys, 500);
        server.serve(fork, fork.size());

        LogAlert alert = alert(server, fork);

        assertThat(alert.kind()).isEqualTo(LogAlert.Kind.FORKED);
        assertThat(alert)
                .hasMessageContaining("300 entries, root " + before.root(300))
                .hasMessageContaining(fork.size() + " entries, root " + fork.root(fork.size()));
        assertNothingChanged();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void a_fork_of_equal_size_stops_it(Api api) throws Exception {
        KeyPair keys = TestCa.p256();
        TestLog before = new TestLog(keys);
        before.addStrangers(503);
        TestLogServer server = serve(api, before);
        follow(server, before);
        TestLog fork = log(keys, 500 - 1);
        fork.addStrangers(503 - fork.size());
        server.serve(fork, 503);

        assertThat(alert(server, fork).kind()).isEqualTo(LogAlert.Kind.FORKED);
        assertNothingChanged();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void a_shrunk_log_stops_it(Api api) throws Exception {
        TestLog log = new TestLog(TestCa.p256());
        log.addStrangers(600);
        TestLogServer server = serve(api, log);
        follow(server, log);
        server.serve(log, 599);

        LogAlert alert = alert(server, log);

        assertThat(alert.kind()).isEqualTo(LogAlert.Kind.SHRUNK);
        assertThat(alert).hasMessageContaining("Before: 600 entries").hasMessageContaining("599");
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void a_head_of_another_key_or_too_old_stops_it(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 100);
        TestLogServer server = serve(api, log);

        server.fail(Fault.BAD_SIGNATURE);
        assertThat(alert(server, log).kind()).isEqualTo(LogAlert.Kind.UNTRUSTED_HEAD);
        server.repair();
        server.fail(Fault.STALE_HEAD);
        assertThat(alert(server, log).kind()).isEqualTo(LogAlert.Kind.STALE);

        assertNothingChanged();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-07")
    void a_gap_stops_it(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 400);
        TestLogServer server = serve(api, log);
        server.fail(Fault.GAP);

        LogAlert alert = alert(server, log);

        assertThat(alert.kind()).isEqualTo(LogAlert.Kind.MALFORMED);
        assertThat(alert).hasMessageContaining("gap");
        assertNothingChanged();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-09")
    void what_a_log_says_beside_the_leaf_needs_our_signature(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 100);
        TestLogServer server = serve(api, log);
        server.fail(Fault.WRONG_PRECERTIFICATE);

        LoadSummary summary = follow(server, log);

        assertThat(summary.refused()).isEqualTo(2);
        assertThat(summary.reports().getFirst().reason()).contains("signature");
        assertThat(store.find(key(1))).isEmpty();
        assertThat(store.find(key(3))).isPresent();
    }

    @ParameterizedTest
    @EnumSource
    void a_busy_log_is_asked_again_when_it_says(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 300);
        TestLogServer server = serve(api, log);
        server.fail(Fault.BUSY);

        assertThat(follow(server, log).added()).isEqualTo(3);
        assertThat(pauses).isNotEmpty().containsOnly(Duration.ofSeconds(7));
    }

    @Test
    void a_log_that_is_down_is_given_up_after_longer_and_longer_pauses() throws Exception {
        TestLog log = log(TestCa.p256(), 300);
        TestLogServer server = serve(Api.RFC6962, log);
        LogFollower follower = follower(server, log.keys(), 500);
        server.fail(Fault.DOWN);

        assertThatThrownBy(() -> follower.catchUp(OptionalLong.empty(), FollowProgress.SILENT))
                .isInstanceOf(LogUnavailable.class)
                .hasMessageContaining("503");
        assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L);
    }

    @Test
    @Requirement("CT-13")
    void a_partial_tile_that_is_gone_is_read_from_the_full_one() throws Exception {
        TestLog log = log(TestCa.p256(), 600);
        int shown = log.size() - 50;
        log.addStrangers(1024 - log.size());
        TestLogServer server = serve(Api.STATIC, log);
        server.serve(log, shown);
        server.fail(Fault.NO_PARTIAL_TILES);

        assertThat(follow(server, log).added()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void reading_may_begin_anywhere_and_is_proven_all_the_same(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 600);
        TestLogServer server = serve(api, log);
        LogFollower follower = follower(server, log.keys(), 200);

        // The first of ours is entry 300.
        follower.catchUp(OptionalLong.of(301), FollowProgress.SILENT);

        assertThat(follower.summary(Optional.empty()).added()).isEqualTo(2);
        assertThat(store.find(key(1))).isEmpty();
        assertThatThrownBy(
                        () ->
                                follower(server, log.keys(), 200)
                                        .catchUp(OptionalLong.of(0), FollowProgress.SILENT))
                .isInstanceOf(FollowRefused.class)
                .hasMessageContaining("leave out --from");
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"CT-03", "CT-08"})
    void a_hundred_thousand_entries_are_read_in_proven_stretches(Api api) throws Exception {
        TestLog log = new TestLog(TestCa.p256());
        for (int i = 0; i < 200; i++) {
            log.addStrangers(495);
            for (int j = 0; j < 5; j++) {
                TestCa signer = j == 4 ? SIGNER : CA;
                log.addPrecertificate(CA, signer, serial(1_000 + 5L * i + j), SUBJECT);
            }
        }
        TestLogServer server = serve(api, log);
        LogFollower follower = follower(server, log.keys(), 1 << 14);
        List<Long> seen = new ArrayList<>();

        follower.catchUp(OptionalLong.empty(), (done, all) -> seen.add(100 * done / all));

        LoadSummary summary = follower.summary(Optional.empty());
        assertThat(log.size()).isEqualTo(100_000);
        assertThat(summary.added()).isEqualTo(1_000);
        assertThat(summary.clean()).isTrue();
        assertThat(seen).isSorted().startsWith(0L).endsWith(100L);
    }
}
