package org.precertocsp.responder.logging;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.precertocsp.TestWait;
import org.precertocsp.responder.admin.AdminConfig;
import org.precertocsp.responder.admin.HealthServer;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.task.BackgroundTasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class LoggingSetupTest {
    @Test
    void text_is_one_line_a_message_in_utc_on_standard_error() {
        String log =
                logged(
                        LoggingConfig.USUAL,
                        context -> own(context).info("subject {}", "CN=a\n2026 forged line"));

        assertThat(log)
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  Wiring:"
                                + " subject CN=a 2026 forged line\\R");
    }

    @Test
    void json_is_one_object_a_line() {
        String log =
                logged(
                        new LoggingConfig(LoggingConfig.Format.JSON, LoggingConfig.Level.INFO),
                        context -> own(context).warn("a \"{}\"\nb", "q"));

        assertThat(log)
                .startsWith("{")
                .endsWith("}\n")
                .contains("\"level\":\"WARN\"", "\"formattedMessage\":\"a \\\"q\\\"\\nb\"")
                .hasLineCount(1);
    }

    @Test
    void characters_that_steer_a_terminal_do_not_reach_it() {
        String steering = "a\u009b2J b\u0085 c\u2028 d\u202e e\u001b[2J f\u007f";
        for (LoggingConfig.Format format : LoggingConfig.Format.values()) {
            String log =
                    logged(
                            new LoggingConfig(format, LoggingConfig.Level.INFO),
                            context ->
                                    own(context)
                                            .warn(
                                                    "subject {}",
                                                    steering,
                                                    new IllegalStateException(steering)));

            assertThat(log.codePoints())
                    .noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t')
                    .noneMatch(c -> c == 0x2028 || c == 0x202e);
        }
    }

    @Test
    void the_message_of_an_exception_cannot_forge_a_line() {
        String log =
                logged(
                        LoggingConfig.USUAL,
                        context ->
                                own(context)
                                        .error(
                                                "failed",
                                                new IllegalStateException(
                                                        "x\n"
                                                                + "2026-01-01T00:00:00.000Z INFO "
                                                                + " forged")));

        assertThat(log.lines().skip(1)).isNotEmpty().allMatch(line -> line.startsWith(" "));
    }

    @Test
    void libraries_speak_up_from_warnings_whatever_our_level() {
        String log =
                logged(
                        new LoggingConfig(LoggingConfig.Format.TEXT, LoggingConfig.Level.DEBUG),
                        context -> {
                            own(context).debug("ours");
                            context.getLogger("io.helidon.webserver").info("theirs");
                            context.getLogger("io.netty").warn("their warning");
                        });

        assertThat(log).contains("ours", "their warning").doesNotContain("theirs");
    }

    @Test
    void the_level_silences() {
        String log =
                logged(
                        new LoggingConfig(LoggingConfig.Format.TEXT, LoggingConfig.Level.ERROR),
                        context -> own(context).warn("hidden"));

        assertThat(log).isEmpty();
    }

    @Test
    void levels_change_while_the_log_is_written_and_go_back_to_the_configuration() {
        String log =
                logged(
                        LoggingConfig.USUAL,
                        context -> {
                            LogLevels levels = new LogLevels(context);
                            own(context).debug("one");
                            levels.change(LogLevels.OURS, LoggingConfig.Level.DEBUG);
                            own(context).debug("two");
                            levels.change("io.netty", LoggingConfig.Level.TRACE);
                            context.getLogger("io.netty").trace("three");
                            assertThat(levels.levels())
                                    .containsEntry("io.netty", "TRACE")
                                    .containsEntry("org.precertocsp", "DEBUG");
                            levels.reset(LoggingConfig.USUAL);
                            own(context).debug("four");
                            context.getLogger("io.netty").info("five");
                            own(context).info("six");
                        });

        assertThat(log).contains("two", "three", "six").doesNotContain(": one", ": four", ": five");
    }

    @Test
    void a_library_that_repeats_what_its_callers_report_is_silent_also_after_a_reload() {
        String log =
                logged(
                        LoggingConfig.USUAL,
                        context -> {
                            Logger kafka =
                                    context.getLogger("org.apache.kafka.clients.NetworkClient");
                            kafka.warn("one");
                            kafka.error("two");
                            new LogLevels(context).reset(LoggingConfig.USUAL);
                            kafka.error("three");
                            context.getLogger("org.apache.kafka.common.Other").error("four");
                        });

        assertThat(log).contains(": four").doesNotContain(": one", ": two", ": three");
    }

    @Test
    void a_client_that_closes_within_a_requests_head_writes_no_line() throws Exception {
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        ch.qos.logback.classic.Logger library =
                (ch.qos.logback.classic.Logger)
                        LoggerFactory.getLogger("io.helidon.webserver.http1.Http1Connection");
        library.addAppender(events);
        try (HealthServer server = healthServer();
                Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            client.getOutputStream()
                    .write("GET /healthz HTTP/1.1\r\nHost: x\r\nX: ".getBytes(US_ASCII));
            client.shutdownOutput();
            TestWait.await(() -> !events.list.isEmpty());
        } finally {
            library.detachAppender(events);
        }
        ILoggingEvent closed = events.list.getFirst();

        String log =
                logged(
                        LoggingConfig.USUAL,
                        context -> {
                            context.getLogger(closed.getLoggerName()).callAppenders(closed);
                            context.getLogger("io.helidon.webserver")
                                    .warn("shown", new IllegalStateException("of the server"));
                        });

        assertThat(log).contains("shown", "of the server").doesNotContain("Http1Connection");
    }

    private static HealthServer healthServer() throws IOException {
        return HealthServer.start(
                new AdminConfig(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                List.of(),
                () -> "",
                Alarm.LOGGED,
                BackgroundTasks.logged());
    }

    private static Logger own(LoggerContext context) {
        return context.getLogger("org.precertocsp.responder.Wiring");
    }

    private static String logged(LoggingConfig config, Consumer<LoggerContext> messages) {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            LoggingSetup.apply(config, context);
            messages.accept(context);
            context.stop();
        } finally {
            System.setErr(err);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
