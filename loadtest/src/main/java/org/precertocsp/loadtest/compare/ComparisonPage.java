package org.precertocsp.loadtest.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.precertocsp.loadtest.report.HtmlEscaper;

/// A comparison as one self-contained page: bars for each contestant, a row for each target.
public final class ComparisonPage {
    private static final String STYLE =
            """
            body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}
            table{border-collapse:collapse;width:100%}td,th{padding:.25rem .5rem;text-align:left;\
            border-bottom:1px solid #ddd}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
            .met{color:#176117}.missed,.void{color:#a01717;font-weight:600}
            .track{background:#eee;width:16rem;position:relative;height:1rem}
            .bar{background:#3b6ea5;height:1rem}.spread{position:absolute;top:.4rem;height:.2rem;background:#111}
            .note{color:#555}
            """;

    private ComparisonPage() {}

    public static String of(ComparisonReport comparison) {
        return """
        <!doctype html><html lang="en"><meta charset="utf-8">
        <title>precert-load compare</title><style>%s</style>
        <h1>precert-load compare</h1>
        <p>%s<br>%s<br>started %s, took %d s</p>
        <ul>%s</ul>
        <h2>Targets</h2>
        <table><tr><th>#<th>What<th class=n>Want<th class=n>Ratio<th class=n>min – max<th>Of<th>Verdict</tr>
        %s</table>
        <p class=note>Ratio: median of the rounds. Of throughput: the servers were busy all the time. Of cpu:
        one was not, since the driver could not press it harder, and processor time for each answer is
        compared instead. Limit DRIVER: the driver used 85 %% of its core or more while the server had time
        left, so the answers/s are the driver's. Void: answers were wrong, or more than one request in a hundred failed.</p>
        %s</html>
        """
                .formatted(
                        STYLE,
                        HtmlEscaper.text(comparison.settings()),
                        HtmlEscaper.text(comparison.origin().machine()),
                        comparison.origin().started(),
                        comparison.took().toSeconds(),
                        notes(comparison),
                        comparison.contests().stream()
                                .flatMap(contest -> contest.verdicts().stream())
                                .map(ComparisonPage::row)
                                .collect(Collectors.joining()),
                        comparison.contests().stream()
                                .map(ComparisonPage::section)
                                .collect(Collectors.joining()));
    }

    private static String notes(ComparisonReport comparison) {
        return items("", comparison.versions())
                + items("<b>missing</b> ", comparison.missing())
                + comparison.remarks().stream()
                        .map(remark -> "<li>" + HtmlEscaper.text(remark) + "</li>")
                        .collect(Collectors.joining());
    }

    private static String items(String prefix, Map<String, String> entries) {
        return entries.entrySet().stream()
                .map(
                        entry ->
                                "<li>%s%s: %s</li>"
                                        .formatted(
                                                prefix,
                                                HtmlEscaper.text(entry.getKey()),
                                                HtmlEscaper.text(entry.getValue())))
                .collect(Collectors.joining());
    }

    private static String row(TargetVerdict verdict) {
        String outcome = verdict.outcome().name().toLowerCase(Locale.ROOT);
        return """
        <tr><td>%s<td>%s<td class=n>%s<td class=n>%.2f<td class=n>%.2f – %.2f<td>%s<td class=%s>%s</tr>
        """
                .formatted(
                        verdict.target(),
                        HtmlEscaper.text(verdict.text()),
                        verdict.bound(),
                        verdict.ratio().median(),
                        verdict.ratio().min(),
                        verdict.ratio().max(),
                        verdict.basis().name().toLowerCase(Locale.ROOT),
                        outcome,
                        outcome);
    }

    private static String section(ComparisonResult contest) {
        double longest =
                contest.sides().values().stream()
                        .flatMap(List::stream)
                        .mapToDouble(Measurement::perSecond)
                        .max()
                        .orElse(1);
        return """
        <h2>%s: %s</h2>
        <table><tr><th>Side<th class=n>Answers/s<th><th class=n>CPU µs<th class=n>Server<th class=n>Driver<th>Limit\
        <th class=n>p50 µs<th class=n>p99 µs<th class=n>p99.9 µs<th class=n>Failed<th class=n>Wrong</tr>
        %s</table>
        """
                .formatted(
                        HtmlEscaper.text(contest.pair()),
                        HtmlEscaper.text(contest.title()),
                        contest.sides().entrySet().stream()
                                .map(side -> side(side.getKey(), side.getValue(), longest))
                                .collect(Collectors.joining()));
    }

    private static String side(String name, List<Measurement> samples, double longest) {
        MinMedianMax rate = ComparisonTable.spread(samples, Measurement::perSecond);
        return """
        <tr><td>%s<td class=n>%,.0f<td><div class=track><div class=bar style="width:%.1f%%"></div>\
        <div class=spread style="left:%.1f%%;width:%.1f%%"></div></div>\
        <td class=n>%.2f<td class=n>%.0f %%<td class=n>%.0f %%<td>%s<td class=n>%,.0f<td class=n>%,.0f\
        <td class=n>%,.0f<td class=n>%,d<td class=n>%,d</tr>
        """
                .formatted(
                        HtmlEscaper.text(name),
                        rate.median(),
                        100 * rate.median() / longest,
                        100 * rate.min() / longest,
                        Math.max(0.3, 100 * (rate.max() - rate.min()) / longest),
                        ComparisonTable.spread(samples, Measurement::cpuMicros).median(),
                        100 * ComparisonTable.spread(samples, Measurement::serverShare).median(),
                        100 * ComparisonTable.spread(samples, Measurement::driverShare).median(),
                        ComparisonTable.limits(samples),
                        ComparisonTable.spread(samples, sample -> sample.latency().p50()).median(),
                        ComparisonTable.spread(samples, sample -> sample.latency().p99()).median(),
                        ComparisonTable.spread(samples, sample -> sample.latency().p999()).median(),
                        samples.stream().mapToLong(Measurement::failed).sum(),
                        samples.stream().mapToLong(Measurement::wrong).sum());
    }
}
