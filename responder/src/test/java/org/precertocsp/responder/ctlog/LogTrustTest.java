package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.log;

import java.security.KeyPair;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.responder.ctlog.TestLogServer.Api;
import org.precertocsp.responder.ctlog.TestLogServer.Fault;

/// What a follower does not believe, in a log of either API.
final class LogTrustTest {
    private final LogFollowerFixture following = new LogFollowerFixture();

    @AfterEach
    void close() {
        following.close();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"CT-08", "CT-09"})
    void a_tampered_entry_stops_it_and_changes_nothing(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 400);
        TestLogServer server = following.serve(api, log);
        server.fail(Fault.TAMPERED_ENTRY);

        LogIntegrityException alert = following.alert(server, log);

        assertThat(alert.kind()).isEqualTo(LogIntegrityException.Kind.TAMPERED);
        assertThat(alert).hasMessageContaining(log.root(log.size()).toHex());
        following.assertNothingChanged();

        server.repair();
        assertThat(following.follow(server, log).added()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void a_forked_log_stops_it(Api api) throws Exception {
        KeyPair keys = TestCa.p256();
        TestLog before = new TestLog(keys);
        before.addStrangers(300);
        TestLogServer server = following.serve(api, before);
        following.follow(server, before);
        TestLog fork = log(keys, 500);
        server.serve(fork, fork.size());

        LogIntegrityException alert = following.alert(server, fork);

        assertThat(alert.kind()).isEqualTo(LogIntegrityException.Kind.FORKED);
        assertThat(alert)
                .hasMessageContaining("300 entries, root " + before.root(300))
                .hasMessageContaining(fork.size() + " entries, root " + fork.root(fork.size()));
        following.assertNothingChanged();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void a_fork_of_equal_size_stops_it(Api api) throws Exception {
        KeyPair keys = TestCa.p256();
        TestLog before = new TestLog(keys);
        before.addStrangers(503);
        TestLogServer server = following.serve(api, before);
        following.follow(server, before);
        TestLog fork = log(keys, 500 - 1);
        fork.addStrangers(503 - fork.size());
        server.serve(fork, 503);

        assertThat(following.alert(server, fork).kind())
                .isEqualTo(LogIntegrityException.Kind.FORKED);
        following.assertNothingChanged();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void a_shrunk_log_stops_it(Api api) throws Exception {
        TestLog log = new TestLog(TestCa.p256());
        log.addStrangers(600);
        TestLogServer server = following.serve(api, log);
        following.follow(server, log);
        server.serve(log, 599);
        server.signAt(LogFollowerFixture.NOW.plusSeconds(60));

        LogIntegrityException alert = following.alert(server, log);

        assertThat(alert.kind()).isEqualTo(LogIntegrityException.Kind.SHRUNK);
        assertThat(alert).hasMessageContaining("Before: 600 entries").hasMessageContaining("599");
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void a_head_of_another_key_or_too_old_stops_it(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 100);
        TestLogServer server = following.serve(api, log);

        server.fail(Fault.BAD_SIGNATURE);
        assertThat(following.alert(server, log).kind())
                .isEqualTo(LogIntegrityException.Kind.UNTRUSTED_HEAD);
        server.repair();
        server.fail(Fault.STALE_HEAD);
        assertThat(following.alert(server, log).kind()).isEqualTo(LogIntegrityException.Kind.STALE);

        following.assertNothingChanged();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-07")
    void a_gap_stops_it(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 400);
        TestLogServer server = following.serve(api, log);
        server.fail(Fault.GAP);

        LogIntegrityException alert = following.alert(server, log);

        assertThat(alert.kind()).isEqualTo(LogIntegrityException.Kind.MALFORMED);
        assertThat(alert).hasMessageContaining("gap");
        following.assertNothingChanged();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void an_older_head_of_the_same_tree_is_only_waited_over(Api api) throws Exception {
        TestLog log = new TestLog(TestCa.p256());
        log.addStrangers(600);
        TestLogServer server = following.serve(api, log);
        following.follow(server, log);
        server.serve(log, 599);
        server.signAt(LogFollowerFixture.NOW.minusSeconds(60));

        LogFollower follower = following.follower(server, log.keys(), 500);
        LogFollower.Look look = follower.catchUp(OptionalLong.empty(), FollowerProgress.SILENT);

        assertThat(look.older()).isTrue();
        server.serve(log, 600);
        assertThat(follower.catchUp(OptionalLong.empty(), FollowerProgress.SILENT).older())
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void an_older_head_of_another_tree_is_a_fork(Api api) throws Exception {
        KeyPair keys = TestCa.p256();
        TestLog before = new TestLog(keys);
        before.addStrangers(600);
        TestLogServer server = following.serve(api, before);
        following.follow(server, before);
        TestLog fork = log(keys, 700);
        server.serve(fork, 500);
        server.signAt(LogFollowerFixture.NOW.minusSeconds(60));

        assertThat(following.alert(server, fork).kind())
                .isEqualTo(LogIntegrityException.Kind.FORKED);
        following.assertNothingChanged();
    }

    @Test
    void a_log_that_only_old_mirrors_speak_for_stands_still_in_the_end() throws Exception {
        TestLog log = new TestLog(TestCa.p256());
        log.addStrangers(60);
        TestLogServer server = following.serve(Api.STATIC, log);
        following.follow(server, log);
        server.serve(log, 50);
        server.signAt(LogFollowerFixture.NOW.minusSeconds(60));
        following.clock.pass(Duration.ofHours(25));
        LogFollower follower = following.follower(server, log.keys(), 500);
        assertThat(follower.catchUp(OptionalLong.empty(), FollowerProgress.SILENT).older())
                .isTrue();

        following.clock.pass(Duration.ofHours(2));

        assertThat(following.alert(server, log).kind()).isEqualTo(LogIntegrityException.Kind.STALE);
    }
}
