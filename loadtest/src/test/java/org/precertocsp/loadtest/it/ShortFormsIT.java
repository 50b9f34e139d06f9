package org.precertocsp.loadtest.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.loadtest.cli.CompareCommand;
import org.precertocsp.loadtest.cli.PrecertLoadCommand;
import org.precertocsp.loadtest.cli.ScaleCommand;
import picocli.CommandLine;

/// The short forms of the long measurements, with the distribution as built: not for their figures,
/// but so that they cannot rot.
final class ShortFormsIT {
    @TempDir private Path output;

    private final StringWriter text = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void quick_comparison_judges_the_targets_of_the_peers_that_are_there() throws IOException {
        String pairs = "get,wrk,post,live,live-tail,stored,cfssl,openssl,unassigned,tail,cold";
        int status =
                run(
                        "compare",
                        "--quick",
                        "--rounds",
                        "1",
                        "--only",
                        pairs,
                        "--out",
                        output.toString());

        assertThat(status).as("%s%s", text, errors).isZero();
        JsonNode comparison = json("compare.json");
        assertThat(comparison.path("contests").findValuesAsText("pair")).contains("post", "live");
        // What is not installed is named and nothing else is left out.
        int opponents = comparison.path("missing").has("nginx") ? 0 : 2;
        boolean wrk =
                !comparison.path("missing").has("nginx") && !comparison.path("missing").has("wrk");
        opponents += wrk ? 1 : 0;
        opponents += comparison.path("missing").has("cfssl") ? 0 : 1;
        opponents += comparison.path("missing").has("openssl") ? 0 : 1;
        assertThat(comparison.path("contests")).hasSize(6 + opponents);
        assertThat(text.toString())
                .contains(
                        "our cached POST / our cached GET",
                        "our stored GET / our cached GET",
                        "p99.9 our live GET at 70 % load, ms",
                        "our stored GET, first second / our stored GET");
        assertThat(output.resolve("compare.html")).content().contains("Targets");
    }

    @Test
    void scale_measures_a_small_number_of_serials() throws IOException {
        int status = run("scale", "--quick", "--up-to", "10k", "--out", output.toString());

        assertThat(status).as("%s%s", text, errors).isZero();
        JsonNode step = json("scale.json").path("steps").path(0);
        assertThat(step.path("serials").asLong()).isEqualTo(10_000);
        assertThat(step.at("/loads/csv/records").asLong()).isEqualTo(10_000);
        assertThat(step.at("/loads/index/records").asLong()).isEqualTo(10_000);
        assertThat(step.at("/loads/crl/records").asLong()).isEqualTo(1_000);
        assertThat(step.at("/revocation/revoked").asLong()).isEqualTo(1_000);
        assertThat(step.at("/revocation/resigned").asDouble())
                .isGreaterThanOrEqualTo(step.at("/revocation/acknowledged").asDouble());
        assertThat(step.at("/disk/loaded").asLong()).isPositive();
        assertThat(step.at("/disk/presigned").asLong()).isPositive();
        assertThat(step.at("/requests/stored/perSecond").asDouble()).isPositive();
        assertThat(step.path("requests").path("zipf").path("perSecond").asDouble()).isPositive();
        assertThat(output.resolve("scale.html")).content().contains("<svg");
    }

    private int run(String... arguments) {
        CommandLine line = PrecertLoadCommand.of(new CompareCommand(), new ScaleCommand());
        line.setOut(new PrintWriter(text, true));
        line.setErr(new PrintWriter(errors, true));
        return line.execute(arguments);
    }

    private JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(output.resolve(file).toFile());
    }
}
