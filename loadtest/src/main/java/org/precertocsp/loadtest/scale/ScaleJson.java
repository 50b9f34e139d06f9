package org.precertocsp.loadtest.scale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/// Growth as JSON: the record's own names; durations in seconds.
public final class ScaleJson {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                    .build();

    private ScaleJson() {}

    public static String of(Scale scale) {
        try {
            return MAPPER.writeValueAsString(scale);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("growth is made of strings and numbers", e);
        }
    }
}
