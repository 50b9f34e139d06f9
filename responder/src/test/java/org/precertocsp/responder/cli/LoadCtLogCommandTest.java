package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.precertocsp.TestCa;
import org.precertocsp.responder.ctlog.TestLog;
import org.precertocsp.responder.ctlog.TestLogServer;
import org.precertocsp.responder.intake.FakeClock;

/// `load ct-log` against real logs of both kinds.
final class LoadCtLogCommandTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final BigInteger SERIAL = BigInteger.ONE.shiftLeft(80);

    @TempDir private Path directory = Path.of("");
    private FakeCommandContext services = new FakeCommandContext(directory);
    private final TestLog log = new TestLog(TestCa.p256());

    @BeforeEach
    void fill() {
        services = new FakeCommandContext(directory);
        log.addStrangers(300);
        log.addPrecertificate(services.ca, services.ca, SERIAL, TestCa.p256());
    }

    private CommandRun run(TestLogServer server, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("ct-log", "-c", "good.yaml", "--log", server.url() + ""));
        arguments.addAll(List.of(more));
        return run(arguments);
    }

    private CommandRun run(List<String> arguments) {
        InputStream nothing = new ByteArrayInputStream(new byte[0]);
        CommandEnvironment surroundings =
                new CommandEnvironment(new FakeClock(NOW), nothing, Optional.empty(), _ -> {});
        return CommandRun.of(
                LoadCommand.line(services, surroundings), arguments.toArray(String[]::new));
    }

    private String key() {
        return TestLog.base64(log.keys().getPublic().getEncoded());
    }

    @ParameterizedTest
    @EnumSource
    void log_is_read_and_its_sum_told(TestLogServer.Api api) {
        try (TestLogServer server = new TestLogServer(api, log, NOW)) {
            CommandRun run = run(server, "--key", key());

            assertThat(run.err()).isEmpty();
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).contains("1 added, 0 changed, 0 unchanged");
            assertThat(services.store.serials()).containsExactly("0100000000000000000000");
        }
    }

    @Test
    void log_is_picked_from_a_list() throws IOException {
        try (TestLogServer server = new TestLogServer(TestLogServer.Api.STATIC, log, NOW)) {
            Path list =
                    Files.writeString(
                            directory.resolve("list.json"),
                            """
                            {"operators":[{"tiled_logs":[{"description":"Test 2026","key":"%s",
                              "submission_url":"https://%s/","monitoring_url":"%s"}]}]}
                            """
                                    .formatted(key(), TestLog.ORIGIN, server.url()));
            List<String> arguments =
                    List.of(
                            "ct-log",
                            "-c",
                            "good.yaml",
                            "--log",
                            "test 2026",
                            "--log-list",
                            list.toString());

            assertThat(run(arguments).out()).contains("Test 2026: 1 added");
        }
    }

    @ParameterizedTest
    @EnumSource
    void log_that_cannot_be_trusted_is_refused_and_why_is_told(TestLogServer.Api api) {
        try (TestLogServer server = new TestLogServer(api, log, NOW)) {
            server.fail(TestLogServer.Fault.TAMPERED_ENTRY);

            CommandRun run = run(server, "--key", key(), "--json");

            assertThat(run.exitCode()).isEqualTo(ExitCodes.REFUSED);
            assertThat(run.out()).contains("TAMPERED").contains("rebuilt 301 entries");
            assertThat(services.store.serials()).isEmpty();
        }
    }

    @Test
    void log_that_is_down_could_not_be_read() {
        try (TestLogServer server = new TestLogServer(TestLogServer.Api.STATIC, log, NOW)) {
            server.fail(TestLogServer.Fault.DOWN);

            CommandRun run = run(server, "--key", key());

            assertThat(run.exitCode()).isEqualTo(ExitCodes.CANNOT);
            assertThat(run.err()).contains("the log does not answer").contains("503");
        }
    }

    @Test
    void store_the_server_has_open_is_left_alone() {
        services.lock(FakeCommandContext.FOR_EVER);
        try (TestLogServer server = new TestLogServer(TestLogServer.Api.STATIC, log, NOW)) {
            CommandRun run = run(server, "--key", key());

            assertThat(run.exitCode()).isEqualTo(ExitCodes.CANNOT);
            assertThat(run.err()).contains("stop the server");
        }
    }

    @Test
    void wrong_usage_is_told() {
        List<String> log = List.of("ct-log", "-c", "good.yaml", "--log");
        for (List<String> rest :
                List.of(
                        List.of("https://ct.example/"),
                        List.of("https://ct.example/", "--key", "a", "--log-list", "b"),
                        List.of("https://ct.example/", "--key", "a", "--from", "-1"),
                        List.of("ct.example", "--key", "a"))) {
            List<String> arguments = new ArrayList<>(log);
            arguments.addAll(rest);
            assertThat(run(arguments).exitCode()).as("%s", rest).isEqualTo(ExitCodes.USAGE);
        }
    }
}
