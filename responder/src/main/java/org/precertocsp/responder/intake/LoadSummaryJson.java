package org.precertocsp.responder.intake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.precertocsp.responder.io.Json;

/// Summaries as files, which a running server writes beside each file it has loaded or rejected.
public final class LoadSummaryJson {
    private LoadSummaryJson() {}

    public static byte[] bytes(LoadSummary summary) {
        return Json.indented(summary).getBytes(StandardCharsets.UTF_8);
    }

    /// @throws IOException the text is not a summary
    public static LoadSummary read(String json) throws IOException {
        return Json.MAPPER.readValue(json, LoadSummary.class);
    }

    /// @throws IOException the file cannot be read or is not a summary
    public static LoadSummary read(Path file) throws IOException {
        return Json.MAPPER.readValue(Files.readAllBytes(file), LoadSummary.class);
    }
}
