package org.precertocsp.loadtest.compare;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// A comparison as text.
public final class CompareTable {
    private final StringBuilder text = new StringBuilder();

    private CompareTable() {}

    public static String of(Comparison comparison) {
        CompareTable table = new CompareTable();
        table.head(comparison);
        comparison.contests().forEach(table::contest);
        table.targets(comparison);
        return table.text.toString();
    }

    private void head(Comparison comparison) {
        line("%s, on %s", comparison.settings(), comparison.origin().machine());
        comparison.versions().forEach((name, version) -> line("  %s: %s", name, oneLine(version)));
        comparison.missing().forEach((name, why) -> line("  MISSING %s: %s", name, why));
        comparison.remarks().forEach(remark -> line("  note: %s", remark));
    }

    private void contest(ContestResult contest) {
        line("");
        line("%s: %s", contest.pair(), contest.title());
        line(
                "  %-26s %11s %23s %9s %7s %7s %9s %9s  %s",
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

    private void side(String name, List<Sample> samples) {
        Spread rate = spread(samples, Sample::perSecond);
        line(
                "  %-26s %,11.0f (%,10.0f –%,10.0f) %9.2f %6.0f%% %6.0f%% %,9.0f %,9.0f  %s%s",
                name,
                rate.median(),
                rate.min(),
                rate.max(),
                spread(samples, Sample::cpuMicros).median(),
                100 * spread(samples, Sample::serverShare).median(),
                100 * spread(samples, Sample::driverShare).median(),
                spread(samples, sample -> sample.latency().p50()).median(),
                spread(samples, sample -> sample.latency().p999()).median(),
                samples.getLast().limit().name().toLowerCase(Locale.ROOT),
                faults(samples));
    }

    private static String faults(List<Sample> samples) {
        long failed = samples.stream().mapToLong(Sample::failed).sum();
        long wrong = samples.stream().mapToLong(Sample::wrong).sum();
        return (failed == 0 ? "" : "; %,d failed".formatted(failed))
                + (wrong == 0 ? "" : "; %,d WRONG".formatted(wrong));
    }

    private void targets(Comparison comparison) {
        line("");
        line(
                "  %-2s %-50s %7s %24s %-14s %s",
                "#", "target", "want", "ratio (min – max)", "of", "verdict");
        for (ContestResult contest : comparison.contests()) {
            contest.verdicts().forEach(this::verdict);
        }
        line("");
        line("  ratio: median of the rounds. of throughput: the servers were busy all the time;");
        line("  of cpu: one was not, and processor time for each answer is compared instead.");
    }

    private void verdict(Verdict verdict) {
        line(
                "  %-2s %-50s %7s %8.2f (%5.2f –%6.2f) %-14s %s",
                verdict.target(),
                verdict.text(),
                verdict.bound(),
                verdict.ratio().median(),
                verdict.ratio().min(),
                verdict.ratio().max(),
                verdict.basis().name().toLowerCase(Locale.ROOT),
                verdict.outcome().name().toLowerCase(Locale.ROOT));
    }

    static Spread spread(List<Sample> samples, Function<Sample, Double> figure) {
        return Spread.of(samples.stream().map(figure).toList());
    }

    private static String oneLine(String version) {
        return String.join("; ", version.lines().toList());
    }

    @FormatMethod
    private void line(String format, Object... values) {
        text.append(format.formatted(values).stripTrailing()).append('\n');
    }
}
