package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.intake.FakeClock;
import org.precertocsp.responder.metrics.unassigned.UnassignedMonitor;
import org.precertocsp.responder.task.BackgroundTasks;

final class ReportCommandTest {
    private static final TestCa CA = TestCa.root("Alpha CA");

    @TempDir Path folder;
    private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T10:20:00Z"));
    private Path file = Path.of("");

    @BeforeEach
    void ask_ten_times() throws Exception {
        TestCa.write(folder.resolve("ca.pem"), CA.holder());
        file =
                Files.writeString(
                        folder.resolve("precert-ocsp.yaml"),
                        """
                        store: {directory: store}
                        issuers: [{name: one, certificates: ca.pem, profile: tls}]
                        """);
        IssuerKey issuer = CA.certificate().key();
        try (UnassignedMonitor monitor =
                UnassignedMonitor.start(
                        BackgroundTasks.logged(),
                        ConfigReader.read(file).unassigned(),
                        Map.of(issuer, "one"),
                        incident -> {},
                        clock)) {
            for (int i = 0; i < 10; i++) {
                monitor.asked(issuer, new byte[] {0x0a, (byte) (i / 8)}, 0, 2);
            }
        }
    }

    @Test
    void text_and_json_tell_the_same() throws Exception {
        assertThat(report().out())
                .contains("from 2026-11-20T10:00:00Z to 2026-11-21T11:00:00Z")
                .contains("one: 10 requests, about 2 different serials")
                .containsPattern("0a00 +8  2026-11-21T10:00:00Z to 2026-11-21T11:00:00Z");

        JsonNode json = new ObjectMapper().readTree(report("--json", "--top", "1").out());
        assertThat(json.at("/issuers/0/requests").asLong()).isEqualTo(10);
        assertThat(json.at("/issuers/0/most")).hasSize(1);
        assertThat(json.at("/issuers/0/most/0/serial").asText()).isEqualTo("0a00");
    }

    @Test
    void the_bundle_names_issuer_and_organization_and_no_client() throws IOException {
        Path bundle = folder.resolve("feed.json");

        CommandRun run =
                report(
                        "--stix",
                        bundle.toString(),
                        "--organization",
                        "Example CA",
                        "--since",
                        "1h");

        assertThat(run.exitCode()).isZero();
        assertThat(Files.readString(bundle))
                .contains("\"name\" : \"Example CA\"")
                .contains(CA.certificate().subject())
                .contains("\"serial_number\" : \"0a00\"")
                .doesNotContain("addr");
    }

    @Test
    void times_are_read_or_explained() {
        clock.pass(Duration.ofDays(2));
        assertThat(report("--since", "1d").out()).contains("none");
        assertThat(report("--since", "3d").out()).contains("10 requests");
        assertThat(report("--since", "2026-11-21T10:59:00Z").out()).contains("10 requests");
        CommandRun wrong = report("--since", "yesterday");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("write 2026-11-01T00:00:00Z, 24h or 7d");
    }

    private CommandRun report(String... arguments) {
        List<String> all = new ArrayList<>(List.of("report", "unassigned", "-c", file.toString()));
        all.addAll(List.of(arguments));
        return CommandRun.of(
                PrecertOcspCommand.of(ReportCommand.of(clock)), all.toArray(String[]::new));
    }
}
