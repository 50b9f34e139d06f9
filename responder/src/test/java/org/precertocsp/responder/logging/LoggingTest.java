package org.precertocsp.responder.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

final class LoggingTest {
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
            Logging.apply(config, context);
            messages.accept(context);
            context.stop();
        } finally {
            System.setErr(err);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
