package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.TestWait.awaitAsserted;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.key;
import static org.precertocsp.responder.ctlog.LogFollowerFixture.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.alert.FakeAlarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.ctlog.LogStatus.Phase;
import org.precertocsp.responder.ctlog.TestLogServer.Api;
import org.precertocsp.responder.task.BackgroundTasks;

/// Log lists that change while their logs are followed.
@Requirement("CT-17")
final class LogListSelectionTest {
    private static final Duration SELDOM = Duration.ofDays(1);

    @TempDir private Path directory;

    private final LogFollowerFixture following = new LogFollowerFixture();
    private final FakeAlarm alarm = new FakeAlarm();
    private final List<Incident> raised = alarm.raised();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final TestLog one = new TestLog(TestCa.p256());
    private final TestLog two = log(TestCa.p256(), 300);
    private LogListSelection list =
            new LogListSelection(Path.of("-"), List.of(), List.of(), List.of(), any());
    private String first = "";
    private String second = "";

    @BeforeEach
    void serve() {
        list =
                new LogListSelection(
                        directory.resolve("logs.json"), List.of(), List.of(), List.of(), any());
        one.addStrangers(10);
        first = url(following.serve(Api.RFC6962, one));
        second = url(following.serve(Api.RFC6962, two));
    }

    @AfterEach
    void close() {
        following.close();
    }

    private static OptionalLong any() {
        return OptionalLong.empty();
    }

    private static String url(TestLogServer server) {
        return server.url().toString();
    }

    private static String entry(String name, TestLog log, String url, String state) {
        return """
        {"description":"%s","key":"%s","url":"%s","state":{"%s":{}}}
        """
                .formatted(name, TestLog.base64(log.keys().getPublic().getEncoded()), url, state);
    }

    private void write(String... logs) throws IOException {
        Files.writeString(
                list.file(),
                "{\"operators\":[{\"name\":\"Example\",\"logs\":[%s]}]}"
                        .formatted(String.join(",", logs)));
    }

    private LogMonitor watch() throws Exception {
        List<CtLogConfig.Watched> logs =
                LogListSelection.read(list.file()).stream()
                        .filter(list::picks)
                        .map((LogList.Listed log) -> list.watched(log))
                        .toList();
        LogMonitor watch =
                LogMonitor.start(
                        BackgroundTasks.logged(),
                        new CtLogConfig(logs, List.of(list), SELDOM, SELDOM, SELDOM, SELDOM),
                        following.tools(500, Set.of()),
                        new LogMonitor.Subjects(LogFollowerFixture.ISSUERS, following.store),
                        new LogMonitor.Outlets(AuditTrail.NONE, alarm));
        watch.forEachLog(told::add);
        return watch;
    }

    private static Phase phase(LogMonitor watch, String log) {
        return watch.states().stream()
                .filter(state -> state.log().equals(log))
                .map(LogStatus::phase)
                .findFirst()
                .orElse(Phase.STARTING);
    }

    private static void await(BooleanSupplier condition, LogMonitor watch) {
        awaitAsserted(() -> assertThat(condition.getAsBoolean()).as("%s", watch.states()).isTrue());
    }

    @Test
    void a_log_retired_by_its_list_is_followed_no_longer_and_a_new_one_is() throws Exception {
        write(entry("one", one, first, "usable"), entry("two", two, second, "pending"));
        try (LogMonitor watch = watch()) {
            await(() -> phase(watch, "one") == Phase.FOLLOWING, watch);
            assertThat(told).containsExactly("one");

            write(entry("one", one, first, "retired"), entry("two", two, second, "usable"));
            watch.retry();

            await(() -> phase(watch, "two") == Phase.FOLLOWING, watch);
            assertThat(following.store.find(key(1))).isPresent();
            assertThat(told).containsExactly("one", "two");
            assertThat(phase(watch, "one")).isEqualTo(Phase.STOPPED);
            assertThat(raised)
                    .singleElement()
                    .satisfies(
                            it -> {
                                assertThat(it.kind()).isEqualTo(Incident.Kind.LOG_DROPPED);
                                assertThat(it.about()).isEqualTo("one");
                                assertThat(it.what()).contains("is now 'retired'");
                            });

            write(entry("one", one, first, "usable"));
            watch.retry();

            await(() -> phase(watch, "one") == Phase.FOLLOWING, watch);
            assertThat(told).as("known already").containsExactly("one", "two");
            assertThat(raised).hasSize(2);
            assertThat(raised.getLast().what()).contains("no log list of watch.lists contains it");
        }
    }

    @Test
    void a_list_that_cannot_be_read_drops_nothing() throws Exception {
        write(entry("one", one, first, "usable"));
        Set<ByteString> followed = Set.of(ByteString.of(new byte[32]));
        assertThat(LogListChanges.read(List.of(list), followed).dropped()).hasSize(1);

        Files.writeString(list.file(), "{\"operators\":");
        assertThat(LogListChanges.read(List.of(list), followed).dropped()).isEmpty();

        Files.delete(list.file());
        assertThat(LogListChanges.read(List.of(list), followed).dropped()).isEmpty();
    }
}
