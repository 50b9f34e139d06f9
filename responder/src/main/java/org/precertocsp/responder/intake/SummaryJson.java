package org.precertocsp.responder.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Summaries as files: what a running server leaves beside a file it has taken in or refused.
public final class SummaryJson {
    // A newer server may say more than an older command knows.
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .addModule(new Jdk8Module())
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private SummaryJson() {}

    public static byte[] bytes(LoadSummary summary) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(summary);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a summary is made of strings and numbers", e);
        }
    }

    /// @throws IOException if it is no summary
    public static LoadSummary read(String json) throws IOException {
        return MAPPER.readValue(json, LoadSummary.class);
    }

    /// @throws IOException if the file cannot be read or is no summary
    public static LoadSummary read(Path file) throws IOException {
        return MAPPER.readValue(Files.readAllBytes(file), LoadSummary.class);
    }
}
