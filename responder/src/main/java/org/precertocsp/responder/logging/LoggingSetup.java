package org.precertocsp.responder.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies a [LoggingConfig]. Until then [DefaultLogbackConfigurator] applies.
public final class LoggingSetup {
    /// Set by operators who provide their own Logback file, which is then not changed.
    private static final String OWN_FILE = "logback.configurationFile";

    // Names from certificates, requests and files become part of messages and of exceptions'
    // messages: a line break in one must not forge a line, nor a control character control a
    // terminal. All lines of a stack trace but its first begin with a blank.
    private static final String UNSAFE = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]";

    private static final String LINE =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %logger{0}:"
                    + " %replace(%msg){'"
                    + UNSAFE
                    + "',' '}%n"
                    + "%replace(%replace(%ex){'(?![\\n\\t])"
                    + UNSAFE
                    + "',' '}){'(?m)^(?=.)',' '}";

    private LoggingSetup() {}

    static boolean isLeftToOperator() {
        return System.getProperty(OWN_FILE) != null;
    }

    public static void apply(LoggingConfig config) {
        if (!isLeftToOperator()
                && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            apply(config, context);
        }
    }

    /// Applies a changed level while the server runs; the format stays.
    public static void reload(LoggingConfig config) {
        if (!isLeftToOperator()
                && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            new LogLevels(context).reset(config);
        }
    }

    static void apply(LoggingConfig config, LoggerContext context) {
        context.reset();
        Encoder<ILoggingEvent> encoder =
                config.format() == LoggingConfig.Format.JSON ? json() : text();
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("STDERR");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        Filter<ILoggingEvent> aborted = new AbortedRequestFilter();
        aborted.setContext(context);
        aborted.start();
        appender.addFilter(aborted);
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger(LogLevels.OURS).setLevel(Level.toLevel(config.level().name()));
        LogLevels.quieten(context);
    }

    private static Encoder<ILoggingEvent> text() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(LINE);
        return encoder;
    }

    private static Encoder<ILoggingEvent> json() {
        JsonEncoder encoder = new EscapingJsonEncoder();
        encoder.setWithFormattedMessage(true);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithContext(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithSequenceNumber(false);
        return encoder;
    }

    /// Drops the stack trace that Helidon logs for each client that closes its connection within a
    /// request's head: whoever reaches a private port could otherwise fill the disk with them.
    private static final class AbortedRequestFilter extends Filter<ILoggingEvent> {
        private static final String LIBRARY = "io.helidon.";
        private static final String END_OF_INPUT =
                "io.helidon.common.buffers.DataReader$InsufficientDataAvailableException";

        @Override
        public FilterReply decide(ILoggingEvent event) {
            if (!event.getLoggerName().startsWith(LIBRARY)) {
                return FilterReply.NEUTRAL;
            }
            IThrowableProxy cause = event.getThrowableProxy();
            while (cause != null && !cause.getClassName().equals(END_OF_INPUT)) {
                cause = cause.getCause();
            }
            return cause == null ? FilterReply.NEUTRAL : FilterReply.DENY;
        }
    }

    /// Escapes, beyond what JSON requires, the characters that control a terminal or a viewer.
    private static final class EscapingJsonEncoder extends JsonEncoder {
        private static final Pattern RAW = Pattern.compile("(?!\\n)" + UNSAFE);

        @Override
        public byte[] encode(ILoggingEvent event) {
            String line = new String(super.encode(event), StandardCharsets.UTF_8);
            return RAW.matcher(line)
                    .replaceAll(found -> "\\\\u%04x".formatted(found.group().codePointAt(0)))
                    .getBytes(StandardCharsets.UTF_8);
        }
    }
}
