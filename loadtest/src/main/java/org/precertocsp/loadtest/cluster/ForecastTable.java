package org.precertocsp.loadtest.cluster;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/// A forecast as text.
public final class ForecastTable {
    private static final double MEGABIT = 1e6 / 8;

    private ForecastTable() {}

    public static String of(ClusterForecast forecast) {
        ClusterPlan plan = forecast.plan();
        StringBuilder text = new StringBuilder();
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "%,d serials, %,d edges at %d sites, %.0f changes/s, watched for %d s, seed %d",
                        plan.serials(),
                        plan.edges(),
                        plan.sites(),
                        plan.changesPerSecond(),
                        plan.measured().toSeconds(),
                        plan.seed()));
        line(text, "");
        columns(text, "", "p50", "p99", "p99.9", "max");
        for (int site = 0; site < plan.sites(); site++) {
            percentiles(
                    text,
                    "durable to applied, site %d (%.0f ms, %d edges)"
                            .formatted(site + 1, plan.siteMillis().get(site), plan.edgesAt(site)),
                    forecast.sites().get(site));
        }
        percentiles(text, "durable to applied, all edges", forecast.applied());
        percentiles(text, "durable to effective, no edge missing", forecast.effective());
        percentiles(text, "takeover, death to the next durable change", forecast.takeover());
        line(text, "");
        figure(text, "request to durable, mean", time(forecast.requested()));
        figure(
                text,
                "effective, if an edge is cut off",
                time(plan.maxStaleness().toSeconds() + 1.0));
        figure(
                text,
                "signatures of renewal",
                "%,.0f/s, %.2f cores"
                        .formatted(
                                plan.signaturesPerSecond(),
                                plan.signaturesPerSecond() * plan.costs().signMicros() / 1e6));
        figure(text, "to each edge, status", megabits(forecast.statusBytes()));
        figure(text, "to each edge, responses", megabits(forecast.responseBytes()));
        figure(
                text,
                "from the brokers, to all edges",
                megabits(plan.edges() * (forecast.statusBytes() + forecast.responseBytes())));
        figure(
                text,
                "an edge applies, of one core",
                "%.1f %%".formatted(100 * forecast.edgeBusy()));
        cut(text, "an edge", plan, forecast.edgeCut());
        cut(text, "site 1", plan, forecast.siteCut());
        return text.toString();
    }

    private static void cut(
            StringBuilder text, String what, ClusterPlan plan, ClusterForecast.CatchUp catchUp) {
        figure(
                text,
                "%s cut off for %s".formatted(what, time((double) plan.cut().toSeconds())),
                "%,d changes behind, current %s after, responses %s"
                        .formatted(
                                catchUp.changes(),
                                time(catchUp.seconds()),
                                time(catchUp.responseSeconds())));
    }

    private static void percentiles(StringBuilder text, String what, Histogram times) {
        columns(
                text,
                what,
                time(times.getValueAtPercentile(50) / 1e6),
                time(times.getValueAtPercentile(99) / 1e6),
                time(times.getValueAtPercentile(99.9) / 1e6),
                time(times.getMaxValue() / 1e6));
    }

    private static void figure(StringBuilder text, String what, String value) {
        line(text, String.format(Locale.ROOT, "%-46s %s", what, value));
    }

    private static void columns(
            StringBuilder text, String what, String one, String two, String three, String four) {
        line(
                text,
                String.format(Locale.ROOT, "%-46s %9s %9s %9s %9s", what, one, two, three, four));
    }

    private static void line(StringBuilder text, String line) {
        text.append(line.stripTrailing()).append('\n');
    }

    static String megabits(double bytesPerSecond) {
        return String.format(Locale.ROOT, "%,.2f Mbit/s", bytesPerSecond / MEGABIT);
    }

    static String time(double seconds) {
        if (seconds < 1) {
            return String.format(Locale.ROOT, "%.1f ms", seconds * 1e3);
        }
        return seconds < 1_000
                ? String.format(Locale.ROOT, "%.2f s", seconds)
                : String.format(Locale.ROOT, "%.1f min", seconds / 60);
    }
}
