package org.precertocsp.loadtest.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.drive.Connections;
import org.precertocsp.loadtest.drive.LoadPlan;
import org.precertocsp.loadtest.drive.MaximumSearch;
import org.precertocsp.loadtest.drive.Pace;
import org.precertocsp.loadtest.requests.Target;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Rate, duration and connections.
final class PaceOptions {
    private static final int MOST_CONNECTIONS = 20_000;
    private static final int DEEPEST = 1_000;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Requests per second on a fixed schedule, whatever the answers do.")
    private @Nullable Double rate;

    @Option(
            names = "--find-maximum",
            description =
                    "Saturate, then close in on the highest rate at which p99 stays below"
                            + " --p99-limit and nothing queues.")
    private boolean findMaximum;

    @Option(
            names = "--p99-limit",
            paramLabel = "MS",
            defaultValue = "10",
            description = "For --find-maximum, in milliseconds (${DEFAULT-VALUE}).")
    private double p99Limit;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "Measured time of a run, such as 30s or 5m (${DEFAULT-VALUE}).")
    private Duration duration = Duration.ZERO;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "3s",
            converter = DurationConverter.class,
            description = "Sent before and not measured (${DEFAULT-VALUE}).")
    private Duration warmUp = Duration.ZERO;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "64",
            description = "Open at a time (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--no-keep-alive", description = "One connection per request.")
    private boolean noKeepAlive;

    @Option(
            names = "--pipeline",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Requests sent on a connection before the first answer (${DEFAULT-VALUE}).")
    private int pipeline;

    @Option(
            names = "--verify-every",
            paramLabel = "N",
            defaultValue = "1000",
            description =
                    "Check one in N answers completely; the first of each kind always"
                            + " (${DEFAULT-VALUE}).")
    private int verifyEvery;

    /// A plan that saturates, unless a rate is given.
    ///
    /// @throws IllegalArgumentException if numbers are out of range or do not go together
    LoadPlan plan(Target target) {
        require(rate == null || !findMaximum, "--rate and --find-maximum exclude each other");
        require(rate == null || rate > 0, "--rate is above 0");
        require(
                connections >= 1 && connections <= MOST_CONNECTIONS,
                "--connections is from 1 to " + MOST_CONNECTIONS);
        require(pipeline >= 1 && pipeline <= DEEPEST, "--pipeline is from 1 to " + DEEPEST);
        require(pipeline == 1 || !noKeepAlive, "--pipeline needs connections that stay open");
        require(verifyEvery >= 0, "--verify-every is not negative");
        require(!duration.isZero(), "--duration is above 0");
        return new LoadPlan(
                target,
                rate == null ? new Pace.Saturate() : new Pace.Rate(rate),
                new Connections(connections, !noKeepAlive, pipeline),
                warmUp,
                duration,
                verifyEvery);
    }

    boolean findMaximum() {
        return findMaximum;
    }

    MaximumSearch search() {
        return new MaximumSearch(Duration.ofNanos(Math.round(p99Limit * 1e6)), 6);
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    /// Durations as people write them: `500ms`, `30s`, `5m`, `1h`; a bare number is seconds.
    static final class DurationConverter implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

        @Override
        public Duration convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "'%s' is no duration like 500ms, 30s, 5m or 1h".formatted(text));
            }
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                case null, default -> Duration.ofSeconds(number);
            };
        }
    }
}
