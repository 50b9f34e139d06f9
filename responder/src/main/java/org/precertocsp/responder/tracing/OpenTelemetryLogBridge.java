package org.precertocsp.responder.tracing;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/// Writes OpenTelemetry's own messages to our log, at level debug: otherwise Java's logging would
/// write them to standard error in another format, and they repeat at length what
/// [CollectorHttpSender] logs once.
final class OpenTelemetryLogBridge extends Handler {
    // A strong reference, since Java discards the settings of unreferenced loggers.
    private static final Logger THEIRS = Logger.getLogger("io.opentelemetry");

    private static final org.slf4j.Logger LOG =
            LoggerFactory.getLogger(OpenTelemetryLogBridge.class);

    private OpenTelemetryLogBridge() {}

    static void takeOver() {
        for (Handler handler : THEIRS.getHandlers()) {
            THEIRS.removeHandler(handler);
        }
        THEIRS.setUseParentHandlers(false);
        THEIRS.setLevel(Level.INFO);
        THEIRS.addHandler(new OpenTelemetryLogBridge());
    }

    @Override
    public void publish(LogRecord entry) {
        LOG.debug("{}", entry.getMessage(), entry.getThrown());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
