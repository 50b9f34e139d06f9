package org.precertocsp.responder.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/// The log's levels while the server runs. Changes last until the next reload or the end of the
/// process. Thread-safe.
public final class LogLevels {
    /// The parent logger of all messages of this program.
    public static final String OURS = "org.precertocsp";

    /// Loggers of libraries that repeat, some times a second while a broker is away, what their
    /// callers learn from exceptions and report once.
    private static final Map<String, Level> QUIET =
            Map.of("org.apache.kafka", Level.ERROR, "org.apache.kafka.clients", Level.OFF);

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLevels.class);

    private final LoggerContext context;

    LogLevels(LoggerContext context) {
        this.context = context;
    }

    /// The levels of this process.
    ///
    /// @throws IllegalStateException another library writes the log
    public static LogLevels ofProcess() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            return new LogLevels(context);
        }
        throw new IllegalStateException("levels can be changed with Logback alone");
    }

    /// Loggers with a level of their own; their children inherit it.
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context.getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger.getName(), logger.getLevel().toString());
            }
        }
        return levels;
    }

    /// @param logger a package or class, of this program or a library, such as
    ///   `org.precertocsp.responder.http`
    public void change(String logger, LoggingConfig.Level level) {
        context.getLogger(logger).setLevel(Level.toLevel(level.name()));
        LOG.warn("log level of {} is {} from here on", logger, level);
    }

    static void quieten(LoggerContext context) {
        QUIET.forEach((logger, level) -> context.getLogger(logger).setLevel(level));
    }

    /// Restores the configured levels; the format stays as it was at the start.
    public void reset(LoggingConfig config) {
        for (Logger logger : context.getLoggerList()) {
            boolean root = logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME);
            if (!root && !logger.getName().equals(OURS)) {
                logger.setLevel(null);
            }
        }
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        quieten(context);
        Level level = Level.toLevel(config.level().name());
        if (!level.equals(context.getLogger(OURS).getLevel())) {
            change(OURS, config.level());
        }
    }
}
