package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.awaitAsserted;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.CA;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.SUBJECT;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.key;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.log;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.serial;

import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.ctlog.CtLogConfig.Watched;
import org.precertocsp.responder.ctlog.LogStatus.Phase;
import org.precertocsp.responder.ctlog.TestLogServer.Api;
import org.precertocsp.responder.ctlog.TestLogServer.Fault;
import org.precertocsp.responder.task.BackgroundTasks;

/// Followers on threads of their own, as inside the server. They look when a test tells them to.
final class LogMonitorTest {
    private static final Duration SELDOM = Duration.ofDays(1);

    private final LogFollowerFixture following = new LogFollowerFixture();
    private final List<Watched> watched = new ArrayList<>();
    private final FakeAlarm alarm = new FakeAlarm();
    private final List<Incident> raised = alarm.raised();
    private final List<LogMonitor> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(LogMonitor::close);
        following.close();
    }

    private TestLogServer serve(Api api, TestLog log, String name) throws Exception {
        TestLogServer server = following.serve(api, log);
        LogAddress at = LogFollowerFixture.address(server, log.keys());
        LogAddress address = new LogAddress(name, at.url(), at.key(), Optional.empty());
        watched.add(new Watched(address, OptionalLong.empty(), false));
        return server;
    }

    private LogMonitor watch() {
        LogMonitor watch =
                LogMonitor.start(
                        BackgroundTasks.logged(),
                        new CtLogConfig(
                                watched,
                                List.of(),
                                SELDOM,
                                Duration.ofHours(26),
                                Duration.ofHours(1),
                                SELDOM),
                        following.tools(500, Set.of()),
                        new LogMonitor.Subjects(LogFollowerFixture.ISSUERS, following.store),
                        new LogMonitor.Outlets(AuditTrail.NONE, alarm));
        open.add(watch);
        return watch;
    }

    private static LogStatus state(LogMonitor watch, String log) {
        return watch.states().stream().filter(it -> it.log().equals(log)).findFirst().orElseThrow();
    }

    private static void await(BooleanSupplier condition, LogMonitor watch) {
        awaitAsserted(() -> assertThat(condition.getAsBoolean()).as("%s", watch.states()).isTrue());
    }

    private static void await(LogMonitor watch, String log, Phase phase) {
        await(() -> state(watch, log).phase() == phase, watch);
    }

    /// Has all logs looked at, and waits until each has been.
    private static void look(LogMonitor watch, TestLogServer server) throws Exception {
        int before = server.requests();
        watch.retry();
        await(() -> server.requests() > before, watch);
    }

    @ParameterizedTest
    @EnumSource
    @Requirement({"CT-08", "CT-17"})
    void what_comes_to_the_log_comes_to_the_store(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 600);
        TestLogServer server = serve(api, log, "one");
        LogMonitor watch = watch();
        await(watch, "one", Phase.FOLLOWING);
        assertThat(following.store.find(key(1))).isPresent();
        assertThat(state(watch, "one").reading())
                .isEqualTo(
                        new LogStatus.Reading(604, 604, 604, Optional.of(LogFollowerFixture.NOW)));

        log.addPrecertificate(CA, CA, serial(4), SUBJECT);
        server.serve(log, log.size());
        watch.retry();

        await(() -> following.store.find(key(4)).isPresent(), watch);
        await(() -> state(watch, "one").reading().entries() == 605, watch);
        assertThat(raised).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "TAMPERED_ENTRY,TAMPERED,RFC6962",
        "TAMPERED_ENTRY,TAMPERED,STATIC",
        "BAD_SIGNATURE,UNTRUSTED_HEAD,RFC6962",
        "BAD_SIGNATURE,UNTRUSTED_HEAD,STATIC",
        "GAP,MALFORMED,RFC6962",
        "GAP,MALFORMED,STATIC"
    })
    @Requirement({"CT-08", "CT-09"})
    void a_log_that_goes_on_being_wrong_is_stopped_alone_until_an_operator_has_it_tried(
            Fault fault, String kind, Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 400);
        TestLogServer server = serve(api, log, "wrong");
        server.fail(fault);
        TestLog right = new TestLog(TestCa.p256());
        right.addPrecertificate(CA, CA, serial(9), SUBJECT);
        serve(api, right, "right");
        LogMonitor watch = watch();
        await(watch, "wrong", Phase.DOUBTED);
        assertThat(raised).isEmpty();

        retryUntilStopped(watch, "wrong");

        assertThat(raised).extracting(Incident::kind).containsExactly(Incident.Kind.LOG_UNTRUSTED);
        assertThat(raised.getFirst().about()).isEqualTo("wrong");
        assertThat(raised.getFirst().what()).startsWith(kind + ": wrong: ").contains("SIGHUP");
        assertThat(state(watch, "wrong").problem().orElseThrow()).startsWith(kind);
        assertThat(following.store.find(key(1))).isEmpty();
        await(watch, "right", Phase.FOLLOWING);
        assertThat(following.store.find(key(9))).isPresent();

        server.repair();
        watch.retry();
        await(watch, "wrong", Phase.FOLLOWING);
        assertThat(following.store.find(key(1))).isPresent();
    }

    /// Has a log that was wrong once looked at until that counts.
    private static void retryUntilStopped(LogMonitor watch, String log) throws Exception {
        for (int look = 1; look < LogFollowerThread.CONFIRMATIONS; look++) {
            String doubt = "attempt %d of %d".formatted(look, LogFollowerThread.CONFIRMATIONS);
            await(() -> state(watch, log).problem().orElse("").contains(doubt), watch);
            watch.retry();
        }
        await(watch, log, Phase.STOPPED);
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void a_fork_is_found_again_after_a_restart(Api api) throws Exception {
        KeyPair keys = TestCa.p256();
        TestLog before = new TestLog(keys);
        before.addStrangers(300);
        TestLogServer server = serve(api, before, "forked");
        LogMonitor watch = watch();
        await(watch, "forked", Phase.FOLLOWING);
        TestLog fork = log(keys, 500);
        server.serve(fork, fork.size());
        watch.retry();
        for (int run = 1; run <= 2; run++) {
            // One that starts looks without being asked.
            await(watch, "forked", Phase.DOUBTED);
            retryUntilStopped(watch, "forked");
            assertThat(raised).hasSize(run);
            assertThat(raised.getLast().what()).startsWith("FORKED: ");
            watch.close();
            watch = watch();
        }
        following.assertNothingChanged();
    }

    @Test
    @Requirement("CT-08")
    void a_wrong_answer_that_is_not_repeated_stops_nothing() throws Exception {
        TestLog log = log(TestCa.p256(), 400);
        TestLogServer server = serve(Api.STATIC, log, "one");
        server.fail(Fault.TAMPERED_ENTRY);
        LogMonitor watch = watch();
        await(watch, "one", Phase.DOUBTED);
        server.repair();

        watch.retry();

        await(watch, "one", Phase.FOLLOWING);
        assertThat(raised).isEmpty();
        assertThat(following.store.find(key(1))).isPresent();
    }

    @ParameterizedTest
    @EnumSource
    @Requirement("CT-08")
    void a_stale_head_alerts_once_and_a_fresh_one_goes_on(Api api) throws Exception {
        TestLog log = log(TestCa.p256(), 400);
        TestLogServer server = serve(api, log, "one");
        server.fail(Fault.STALE_HEAD);
        LogMonitor watch = watch();
        await(watch, "one", Phase.STALE);
        look(watch, server);
        look(watch, server);
        assertThat(raised).extracting(Incident::kind).containsExactly(Incident.Kind.LOG_UNTRUSTED);
        following.assertNothingChanged();

        server.repair();
        watch.retry();

        await(watch, "one", Phase.FOLLOWING);
        await(alarm.open()::isEmpty, watch);
    }

    @Test
    void mirrors_that_are_behind_are_waited_over_and_reported_if_they_stay_so() throws Exception {
        TestLog log = log(TestCa.p256(), 400);
        TestLogServer server = serve(Api.RFC6962, log, "one");
        LogMonitor watch = watch();
        await(watch, "one", Phase.FOLLOWING);
        server.serve(log, 200);
        server.signAt(LogFollowerFixture.NOW.minusSeconds(60));
        look(watch, server);
        assertThat(raised).isEmpty();

        following.clock.pass(Duration.ofHours(1));
        watch.retry();

        await(() -> !raised.isEmpty(), watch);
        assertThat(raised).extracting(Incident::kind).containsExactly(Incident.Kind.LOG_SILENT);
        assertThat(raised.getFirst().what()).contains("older");
        assertThat(state(watch, "one").phase()).isEqualTo(Phase.FOLLOWING);
    }

    @Test
    void a_log_that_is_silent_for_long_alerts_once_and_is_followed_when_it_is_back()
            throws Exception {
        TestLog log = log(TestCa.p256(), 400);
        TestLogServer server = serve(Api.RFC6962, log, "one");
        server.fail(Fault.BUSY_FOR_LONG);
        LogMonitor watch = watch();
        await(watch, "one", Phase.SILENT);
        assertThat(raised).isEmpty();
        following.clock.pass(Duration.ofHours(1));
        look(watch, server);
        await(() -> !raised.isEmpty(), watch);
        look(watch, server);
        assertThat(raised).extracting(Incident::kind).containsExactly(Incident.Kind.LOG_SILENT);
        assertThat(raised.getFirst().what()).contains("a Retry-After of PT1H");

        server.repair();
        watch.retry();

        await(watch, "one", Phase.FOLLOWING);
        await(alarm.open()::isEmpty, watch);
    }

    @Test
    void ending_never_waits_for_a_log() throws Exception {
        TestLog log = log(TestCa.p256(), 400);
        TestLogServer server = serve(Api.STATIC, log, "one");
        server.fail(Fault.HANGING);
        LogMonitor watch = watch();
        await(() -> server.requests() > 0, watch);
        long began = System.nanoTime();

        watch.close();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
    }
}
