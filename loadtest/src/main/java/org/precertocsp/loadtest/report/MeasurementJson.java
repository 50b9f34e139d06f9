package org.precertocsp.loadtest.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A measurement as JSON: its record's own names, durations in seconds, and in every file `origin`
/// and `targets`.
public final class MeasurementJson {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                    .build();

    /// The content that all files share.
    public record Essence(MeasurementOrigin origin, List<TargetResult> targets) {
        public Essence {
            targets = List.copyOf(targets);
        }
    }

    private MeasurementJson() {}

    /// @param whole a record of strings and numbers
    public static String of(Object whole, Essence essence) {
        ObjectNode root = MAPPER.valueToTree(whole);
        root.set("origin", MAPPER.valueToTree(essence.origin()));
        root.set("targets", MAPPER.valueToTree(essence.targets()));
        try {
            return MAPPER.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a measurement is made of strings and numbers", e);
        }
    }

    /// @throws IOException if the file cannot be read or was not written by a command of this
    ///   program
    public static Essence read(Path file) throws IOException {
        JsonNode root = MAPPER.readTree(Files.readAllBytes(file));
        if (!root.hasNonNull("origin") || !root.path("targets").isArray()) {
            throw new IOException(file + " was not written by compare, scale or bench");
        }
        List<TargetResult> targets = new ArrayList<>();
        for (JsonNode target : root.path("targets")) {
            targets.add(MAPPER.treeToValue(target, TargetResult.class));
        }
        return new Essence(
                MAPPER.treeToValue(root.path("origin"), MeasurementOrigin.class), targets);
    }
}
