package org.precertocsp.responder.admin.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.precertocsp.ocsp.Octets;

/// Records as JSON: octets in hexadecimal, times as ISO 8601 in UTC, what is absent left out.
final class ApiJson {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .addModule(new Jdk8Module())
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(Octets.class, ToStringSerializer.instance)
                                    .addSerializer(Instant.class, ToStringSerializer.instance))
                    .serializationInclusion(JsonInclude.Include.NON_ABSENT)
                    .build();

    private ApiJson() {}

    /// One line, with its end.
    static byte[] line(Record value) {
        try {
            return (MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("replies are plain data", e);
        }
    }
}
