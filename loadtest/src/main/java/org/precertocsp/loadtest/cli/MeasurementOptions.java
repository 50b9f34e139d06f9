package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.compare.WarmUp;
import picocli.CommandLine.Option;

/// Options of both `compare` and `scale`.
final class MeasurementOptions {
    private static final double MILLIS = 1_000;

    @Option(
            names = "--quick",
            description = "small and short, to see that it works: its figures mean little")
    boolean quick;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "each measurement takes (default: 3; with --quick: 0.3)")
    private @Nullable Double seconds;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "64",
            description = "kept alive (default: ${DEFAULT-VALUE})")
    int connections;

    @Option(
            names = "--ours",
            paramLabel = "DIR",
            description =
                    "directory of the precert-ocsp distribution (default: the one beside this program,"
                            + " the one Maven built, or the one in PATH)")
    private @Nullable Path ours;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "directory for corpora, stores and logs, kept afterwards (default: a temporary"
                            + " one, removed)")
    private @Nullable Path work;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            defaultValue = ".",
            description = "directory for the JSON and HTML files (default: this one)")
    Path output = Path.of(".");

    Optional<Path> ours() {
        return Optional.ofNullable(ours);
    }

    Duration measured(long defaultMillis) {
        return Duration.ofMillis(seconds == null ? defaultMillis : Math.round(seconds * MILLIS));
    }

    WarmUp warmUp() {
        return quick
                ? new WarmUp(Duration.ofMillis(100), Duration.ofMillis(300))
                : new WarmUp(Duration.ofMillis(500), Duration.ofSeconds(45));
    }

    WorkDirectory workFolder() throws IOException {
        return WorkDirectory.at(Optional.ofNullable(work));
    }
}
