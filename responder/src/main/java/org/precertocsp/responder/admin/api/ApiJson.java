package org.precertocsp.responder.admin.api;

import java.nio.charset.StandardCharsets;
import org.precertocsp.responder.io.Json;

/// Replies as octets.
final class ApiJson {
    private ApiJson() {}

    /// One line, with its end; what is absent is left out.
    static byte[] line(Record value) {
        return (Json.sparseLine(value) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
