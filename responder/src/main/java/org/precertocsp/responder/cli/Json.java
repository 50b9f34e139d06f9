package org.precertocsp.responder.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.time.Instant;
import org.precertocsp.ocsp.Octets;

/// Records as one line of JSON for scripts: octets in hexadecimal, times as ISO 8601 in UTC.
final class Json {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .addModule(new Jdk8Module())
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(Octets.class, ToStringSerializer.instance)
                                    .addSerializer(Instant.class, ToStringSerializer.instance))
                    .build();

    private Json() {}

    static String line(Record value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of a command are plain data", e);
        }
    }
}
