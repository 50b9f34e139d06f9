package org.precertocsp.responder.admin.api;

import java.nio.charset.StandardCharsets;
import org.precertocsp.responder.json.JsonLine;

/// Replies as octets.
final class ApiJson {
    private ApiJson() {}

    /// One line, with its end; what is absent is left out.
    static byte[] line(Record value) {
        return (JsonLine.sparse(value) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
