package org.precertocsp.responder.ctlog;

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

/// Reads log lists, in version 3 of the JSON format that browsers publish.
public final class LogList {
    private static final Logger LOG = LoggerFactory.getLogger(LogList.class);

    /// @param operator of the log
    /// @param state such as `usable` or `retired`; empty if the list has none
    /// @param name the log's description
    /// @param url for reading
    /// @param origin of its checkpoints; empty for an RFC 6962 log
    public record Listed(
            String operator, String state, String name, LogPublicKey key, URI url, String origin) {
        /// Whether this is the log's description, or its ID in base64.
        public boolean isCalled(String nameOrId) {
            return name.equalsIgnoreCase(nameOrId)
                    || Base64.getEncoder().encodeToString(key.id().toArray()).equals(nameOrId);
        }
    }

    private LogList() {}

    /// Reads a list. A log with an unsupported key or address is skipped with a warning: lists
    /// contain all logs, and one of them must not stop the others.
    ///
    /// @throws InvalidLogKeyException the list, or every log in it, cannot be used
    public static List<Listed> read(byte[] json) throws InvalidLogKeyException {
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
            throw new InvalidLogKeyException(
                    "not a log list in JSON, version 3: " + e.getMessage(), e);
        }
        if (logs.isEmpty()) {
            throw new InvalidLogKeyException(
                    "a log list without a usable log: is it JSON of version 3?", null);
        }
        return logs;
    }

    private static Optional<Listed> listed(
            JsonNode operator, JsonNode log, String url, String origin) {
        String name = log.path("description").asText();
        Iterator<String> states = log.path("state").fieldNames();
        try {
            if (log.path("key").asText().isEmpty()) {
                throw new InvalidLogKeyException("it has no key", null);
            }
            return Optional.of(
                    new Listed(
                            operator.path("name").asText(),
                            states.hasNext() ? states.next() : "",
                            name,
                            LogPublicKey.parse(log.path("key").asText()),
                            URI.create(url),
                            origin));
        } catch (InvalidLogKeyException | IllegalArgumentException e) {
            LOG.warn(
                    "log list: log '{}' of {} is skipped: {}",
                    name,
                    operator.path("name").asText(),
                    e.getMessage());
            return Optional.empty();
        }
    }
}
