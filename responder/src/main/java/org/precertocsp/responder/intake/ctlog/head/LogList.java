package org.precertocsp.responder.intake.ctlog.head;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;

/// The logs of a log list, in the JSON format version 3 that browsers publish theirs in.
public final class LogList {
    private static final ObjectMapper JSON = new ObjectMapper();

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

    /// @throws BadLogKey the list cannot be read, or a key in it
    public static List<Listed> read(byte[] json) throws BadLogKey {
        List<Listed> logs = new ArrayList<>();
        try {
            for (JsonNode operator : JSON.readTree(json).path("operators")) {
                for (JsonNode log : operator.path("logs")) {
                    logs.add(listed(operator, log, log.path("url").asText(), ""));
                }
                for (JsonNode log : operator.path("tiled_logs")) {
                    String origin =
                            log.path("submission_url")
                                    .asText()
                                    .replaceAll("^[a-z]+://", "")
                                    .replaceAll("/+$", "");
                    logs.add(listed(operator, log, log.path("monitoring_url").asText(), origin));
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new BadLogKey("not a log list in JSON, version 3: " + e.getMessage(), e);
        }
        if (logs.isEmpty()) {
            throw new BadLogKey("a log list without logs: is it JSON of version 3?", null);
        }
        return logs;
    }

    private static Listed listed(JsonNode operator, JsonNode log, String url, String origin)
            throws BadLogKey {
        String name = log.path("description").asText();
        Iterator<String> states = log.path("state").fieldNames();
        try {
            return new Listed(
                    operator.path("name").asText(),
                    states.hasNext() ? states.next() : "",
                    name,
                    LogKey.parse(log.path("key").asText()),
                    URI.create(url),
                    origin);
        } catch (BadLogKey e) {
            throw new BadLogKey("log " + name + ": " + e.getMessage(), e);
        }
    }
}
