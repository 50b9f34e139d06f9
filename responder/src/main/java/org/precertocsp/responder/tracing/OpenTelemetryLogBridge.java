package org.precertocsp.responder.tracing;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/// Writes OpenTelemetry's own messages to our log, at level debug: they would go to standard error
/// by Java's logging, in another format, and they repeat at length what [CollectorHttpSender] logs
/// once.
final class OpenTelemetryLogBridge extends Handler {
    // Held, since Java forgets the settings of loggers that nobody holds.
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
