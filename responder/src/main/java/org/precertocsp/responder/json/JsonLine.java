package org.precertocsp.responder.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.time.Instant;
import org.precertocsp.ocsp.Octets;

/// Records as one line of JSON, without its end: octets in hexadecimal, times as ISO 8601 in UTC.
public final class JsonLine {
    private static final ObjectMapper FULL = builder().build();
    private static final ObjectMapper SPARSE =
            builder()
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
                    .build();

    private JsonLine() {}

    private static JsonMapper.Builder builder() {
        return JsonMapper.builder()
                .addModule(new Jdk8Module())
                .addModule(
                        new SimpleModule()
                                .addSerializer(Octets.class, ToStringSerializer.instance)
                                .addSerializer(Instant.class, ToStringSerializer.instance));
    }

    /// What is absent is null: every line of a command has every field.
    public static String full(Record value) {
        return write(FULL, value);
    }

    /// What is absent is left out.
    public static String sparse(Record value) {
        return write(SPARSE, value);
    }

    private static String write(ObjectMapper mapper, Record value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what is told is plain data", e);
        }
    }
}
