package org.precertocsp.responder.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What lies on disk, which other versions of the program have to read.
final class AlertStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Incident SILENT =
            new Incident(Incident.Kind.LOG_SILENT, "log.example", "It has not answered.");

    private static final String WRITTEN =
            """
            {
              "version" : 1,
              "alerts" : [ {
                "id" : "261121-7f3a",
                "kind" : "LOG_SILENT",
                "about" : "log.example",
                "what" : "It has not answered.",
                "severity" : "WARNING",
                "raisedAt" : "2026-11-21T10:00:00Z",
                "lastSeen" : "2026-11-21T10:00:00Z",
                "count" : 1,
                "deadline" : "2026-11-22T10:00:00Z",
                "escalations" : 0,
                "acknowledgement" : null,
                "told" : [ ],
                "open" : true,
                "endedAt" : null,
                "endAnnounced" : false,
                "reopened" : 0
              }, {
                "id" : "261121-7f3a",
                "kind" : "LOG_SILENT",
                "about" : "log.example",
                "what" : "Still not.",
                "severity" : "CRITICAL",
                "raisedAt" : "2026-11-21T10:00:00Z",
                "lastSeen" : "2026-11-21T10:01:00Z",
                "count" : 3,
                "deadline" : "2026-11-22T10:00:00Z",
                "escalations" : 1,
                "acknowledgement" : {
                  "by" : "ann",
                  "at" : "2026-11-21T11:00:00Z",
                  "note" : "called"
                },
                "told" : [ "hook", "log" ],
                "open" : false,
                "endedAt" : null,
                "endAnnounced" : false,
                "reopened" : 0
              } ]
            }\
            """;

    @TempDir Path folder;

    private static List<Alert> alerts() {
        AlertRegistry book = new AlertRegistry(AlertRegistryTest.CONFIG, List.of(), () -> 0x7f3a);
        Alert open = book.raise(SILENT, 1, NOW).orElseThrow().alert();
        Alert taken =
                open.again(
                                new Incident(SILENT.kind(), SILENT.about(), "Still not."),
                                2,
                                NOW.plusSeconds(60))
                        .escalated()
                        .toldBy("log")
                        .toldBy("hook")
                        .acknowledged(
                                new Acknowledgement(
                                        "ann", NOW.plus(Duration.ofHours(1)), "called"));
        return List.of(open, taken);
    }

    @Test
    void what_is_written_is_what_it_always_was_and_read_again() throws IOException {
        AlertStore alerts = new AlertStore(folder);

        alerts.write(alerts());

        assertThat(folder.resolve("alerts.json")).hasContent(WRITTEN);
        assertThat(alerts.read()).isEqualTo(alerts());
    }
}
