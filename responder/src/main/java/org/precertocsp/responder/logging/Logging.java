package org.precertocsp.responder.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/// Puts a [LoggingConfig] into force. Until then `logback.xml` alone holds, with its defaults.
public final class Logging {
    /// Set by operators who bring a Logback file of their own, which is then left alone.
    private static final String OWN_FILE = "logback.configurationFile";

    private Logging() {}

    public static void apply(LoggingConfig config) {
        if (System.getProperty(OWN_FILE) == null
                && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            apply(config, context);
        }
    }

    /// Takes a changed level up while the server runs; the format stays.
    public static void reload(LoggingConfig config) {
        if (System.getProperty(OWN_FILE) == null
                && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            new LogLevels(context).reset(config);
        }
    }

    static void apply(LoggingConfig config, LoggerContext context) {
        URL file = Logging.class.getResource("/logback.xml");
        if (file == null) {
            throw new IllegalStateException("logback.xml is not on the class path");
        }
        context.reset();
        context.putProperty("format", config.format().name().toLowerCase(Locale.ROOT));
        context.putProperty("level", config.level().name());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(file);
        } catch (JoranException e) {
            throw new IllegalStateException("logback.xml is ours and readable", e);
        }
    }
}
