package org.precertocsp.responder.admin.api;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.precertocsp.responder.admin.change.Objection;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.logging.LogLevels;
import org.precertocsp.responder.logging.LoggingConfig;

/// Shows and changes log levels while the server runs; a restart or reload resets them.
final class LevelService {
    private static final Pattern LOGGER = Pattern.compile("[A-Za-z_$][\\w$.]{0,199}");

    record Levels(List<LoggerLevel> levels) {}

    record LoggerLevel(String logger, String level) {}

    private final AuditTrail audit;

    LevelService(AuditTrail audit) {
        this.audit = audit;
    }

    void list(String who, ServerRequest request, ServerResponse response) {
        List<LoggerLevel> levels =
                LogLevels.ofProcess().levels().entrySet().stream()
                        .map(it -> new LoggerLevel(it.getKey(), word(it.getValue())))
                        .toList();
        ApiResponses.send(response, new Levels(levels));
    }

    void change(String who, ServerRequest request, ServerResponse response) throws Objection {
        String logger = request.path().pathParameters().get("logger");
        if (!LOGGER.matcher(logger).matches()) {
            throw Objection.field(
                    "logger",
                    "expected a package or class, such as " + LogLevels.OURS + ".responder");
        }
        LoggingConfig.Level level = level(request.query().first("level").orElse(""));
        audit.record(
                new AuditEvent(
                        AuditEvent.Kind.CONFIGURATION,
                        who,
                        Map.of("logger", logger, "level", word(level.name()))));
        LogLevels.ofProcess().change(logger, level);
        ApiResponses.send(response, new LoggerLevel(logger, word(level.name())));
    }

    private static LoggingConfig.Level level(String text) throws Objection {
        return Arrays.stream(LoggingConfig.Level.values())
                .filter(it -> word(it.name()).equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                Objection.field(
                                        "level", "expected error, warn, info, debug or trace"));
    }

    private static String word(String level) {
        return level.toLowerCase(Locale.ROOT);
    }
}
