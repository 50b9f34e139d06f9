package org.precertocsp.responder.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestJvm;
import org.precertocsp.responder.Main;

/// `check` against the demonstration, each a process of its own.
final class OwnResponderTest {
    private static final long START_SECONDS = 60;

    @TempDir Path directory;

    @Test
    @Requirement({"SS-02", "SS-09", "CI-03", "HT-03", "HT-04", "NO-06"})
    void demonstration_passes_completely_for_every_kind_of_certificate() throws Exception {
        Process demo = start("demo", "--port", "0", "--dir", directory.toString());
        try {
            String url = ready(demo);
            Process check =
                    start("check", directory.toString(), "--url", url, "--strict", "--failures");
            String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(check.waitFor()).as(said).isZero();
            assertThat(said)
                    .contains("4 checked, 0 with failures, 0 could not be checked")
                    .contains("precertificate of a Precertificate Signing Certificate")
                    .doesNotContain("FAIL", "warn  ");
        } finally {
            demo.destroy();
            assertThat(demo.waitFor(START_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static String ready(Process demo) throws Exception {
        String ready =
                demo.inputReader()
                        .lines()
                        .filter(line -> line.startsWith("ready "))
                        .findFirst()
                        .orElseThrow();
        return ready.substring("ready ".length());
    }

    private Process start(String... arguments) throws Exception {
        return TestJvm.of(Main.class, arguments)
                .redirectError(Files.createTempFile(directory, "error", ".txt").toFile())
                .start();
    }
}
