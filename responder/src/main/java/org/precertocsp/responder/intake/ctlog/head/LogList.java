package org.precertocsp.responder.intake.ctlog.head;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.io.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The logs of a log list, in the JSON format version 3 that browsers publish theirs in.
public final class LogList {
    private static final Logger LOG = LoggerFactory.getLogger(LogList.class);

    /// @param operator who runs it
    /// @param state such as `usable` or `retired`; empty where the list says none
    /// @param name the log's description
    /// @param url where it is read
    /// @param origin what its checkpoints name it; empty for an RFC 6962 log
    public record Listed(
            String operator, String state, String name, LogKey key, URI url, String origin) {
        public boolean isStatic() {
            return !origin.isEmpty();
        }

        /// Whether an operator who says this means this log: its description or its ID in base64.
        public boolean isCalled(String nameOrId) {
            return name.equalsIgnoreCase(nameOrId)
                    || Base64.getEncoder().encodeToString(key.id().toArray()).equals(nameOrId);
        }
    }

    private LogList() {}

    /// Reads a list. A log whose key or address this version does not know is left out with a
    /// warning in the log: lists name every log of the world, and one of them must not stop the
    /// others.
    ///
    /// @throws BadLogKey the list cannot be read, or no log in it
    public static List<Listed> read(byte[] json) throws BadLogKey {
        List<Listed> logs = new ArrayList<>();
        try {
            for (JsonNode operator : Json.MAPPER.readTree(json).path("operators")) {
                for (JsonNode log : operator.path("logs")) {
                    listed(operator, log, log.path("url").asText(), "").ifPresent(logs::add);
                }
                for (JsonNode log : operator.path("tiled_logs")) {
                    String origin =
                            log.path("submission_url")
                                    .asText()
                                    .replaceAll("^[a-z]+://", "")
                                    .replaceAll("/+$", "");
                    listed(operator, log, log.path("monitoring_url").asText(), origin)
                            .ifPresent(logs::add);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new BadLogKey("not a log list in JSON, version 3: " + e.getMessage(), e);
        }
        if (logs.isEmpty()) {
            throw new BadLogKey(
                    "a log list without a log that can be used: is it JSON of version 3?", null);
        }
        return logs;
    }

    private static Optional<Listed> listed(
            JsonNode operator, JsonNode log, String url, String origin) {
        String name = log.path("description").asText();
        Iterator<String> states = log.path("state").fieldNames();
        try {
            if (log.path("key").asText().isEmpty()) {
                throw new BadLogKey("it has no key", null);
            }
            return Optional.of(
                    new Listed(
                            operator.path("name").asText(),
                            states.hasNext() ? states.next() : "",
                            name,
                            LogKey.parse(log.path("key").asText()),
                            URI.create(url),
                            origin));
        } catch (BadLogKey | IllegalArgumentException e) {
            LOG.warn(
                    "log list: log '{}' of {} is left out: {}",
                    name,
                    operator.path("name").asText(),
                    e.getMessage());
            return Optional.empty();
        }
    }
}
