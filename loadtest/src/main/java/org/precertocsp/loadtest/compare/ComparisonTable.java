package org.precertocsp.loadtest.compare;

import com.google.errorprone.annotations.FormatMethod;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A comparison as text.
public final class ComparisonTable {
    private final StringBuilder text = new StringBuilder();

    private ComparisonTable() {}

    public static String of(ComparisonReport comparison) {
        ComparisonTable table = new ComparisonTable();
        table.head(comparison);
        comparison.contests().forEach(table::contest);
        table.targets(comparison);
        return table.text.toString();
    }

    private void head(ComparisonReport comparison) {
        line("%s, on %s", comparison.settings(), comparison.origin().machine());
        comparison.versions().forEach((name, version) -> line("  %s: %s", name, oneLine(version)));
        comparison.missing().forEach((name, why) -> line("  MISSING %s: %s", name, why));
        comparison.remarks().forEach(remark -> line("  note: %s", remark));
    }

    private void contest(ComparisonResult contest) {
        line("");
        line("%s: %s", contest.pair(), contest.title());
        line(
                "  %-34s %11s %23s %9s %7s %7s %9s %9s  %s",
                "side",
                "answers/s",
                "(min – max)",
                "CPU µs",
                "server",
                "driver",
                "p50 µs",
                "p99.9 µs",
                "limit");
        contest.sides().forEach(this::side);
        contest.warmUps().forEach((name, warmed) -> line("  warm-up of %s: %s", name, warmed));
    }

    private void side(String name, List<Measurement> samples) {
        MinMedianMax rate = spread(samples, Measurement::perSecond);
        line(
                "  %-34s %,11.0f (%,10.0f –%,10.0f) %9.2f %6.0f%% %6.0f%% %,9.0f %,9.0f  %s%s",
                name,
                rate.median(),
                rate.min(),
                rate.max(),
                spread(samples, Measurement::cpuMicros).median(),
                100 * spread(samples, Measurement::serverShare).median(),
                100 * spread(samples, Measurement::driverShare).median(),
                spread(samples, sample -> sample.latency().p50()).median(),
                spread(samples, sample -> sample.latency().p999()).median(),
                limits(samples),
                faults(samples));
    }

    /// What limited the rounds; of several, the most frequent first.
    static String limits(List<Measurement> samples) {
        Map<Measurement.Limit, Long> counts = new EnumMap<>(Measurement.Limit.class);
        samples.forEach(sample -> counts.merge(sample.limit(), 1L, Long::sum));
        if (counts.size() == 1) {
            return counts.keySet().iterator().next().toString();
        }
        return counts.entrySet().stream()
                .sorted(Map.Entry.<Measurement.Limit, Long>comparingByValue().reversed())
                .map(entry -> "%s (%d)".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String faults(List<Measurement> samples) {
        long failed = samples.stream().mapToLong(Measurement::failed).sum();
        long wrong = samples.stream().mapToLong(Measurement::wrong).sum();
        return (failed == 0 ? "" : "; %,d failed".formatted(failed))
                + (wrong == 0 ? "" : "; %,d WRONG".formatted(wrong));
    }

    private void targets(ComparisonReport comparison) {
        line("");
        line(
                "  %-2s %-64s %7s %24s %-12s %-8s %s",
                "#", "target", "want", "ratio (min – max)", "of", "verdict", "figures");
        for (ComparisonResult contest : comparison.contests()) {
            contest.verdicts().forEach(this::verdict);
        }
        line("");
        line("  ratio: median of the rounds. of throughput: the servers were busy all the time;");
        line("  of cpu: one was not, and processor time for each answer is compared instead.");
        line(
                "  limit DRIVER: the driver used 85 %% of its core or more and the server had time left,");
        line("  so its answers/s are the driver's; in brackets: the number of rounds.");
    }

    private void verdict(TargetVerdict verdict) {
        line(
                "  %-2s %-64s %7s %8.2f (%5.2f –%6.2f) %-12s %-8s %s",
                verdict.target(),
                verdict.text(),
                verdict.bound(),
                verdict.ratio().median(),
                verdict.ratio().min(),
                verdict.ratio().max(),
                verdict.basis().name().toLowerCase(Locale.ROOT),
                verdict.outcome().name().toLowerCase(Locale.ROOT),
                verdict.figures());
    }

    static MinMedianMax spread(List<Measurement> samples, Function<Measurement, Double> figure) {
        return MinMedianMax.of(samples.stream().map(figure).toList());
    }

    private static String oneLine(String version) {
        return String.join("; ", version.lines().toList());
    }

    @FormatMethod
    private void line(String format, Object... values) {
        text.append(format.formatted(values).stripTrailing()).append('\n');
    }
}
