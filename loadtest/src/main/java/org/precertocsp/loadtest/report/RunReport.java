package org.precertocsp.loadtest.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.precertocsp.loadtest.drive.LoadTestPlan;
import org.precertocsp.loadtest.drive.LoadTestResult;
import org.precertocsp.loadtest.drive.RequestPacing;
import org.precertocsp.loadtest.drive.WrongAnswer;
import org.precertocsp.loadtest.requests.RequestDescription;

/// One or more runs to report.
///
/// @param title names the measurement in the head of the page
public record RunReport(String title, List<Entry> entries) {
    /// @param name distinguishes the run from similar ones, such as `nginx static`
    public record Entry(String name, LoadTestResult run) {}

    /// Plain text for a terminal: a line per run, then the errors.
    public String table() {
        return RunTable.of(this);
    }

    /// All figures except the histograms, for programs.
    public String json() {
        return RunJson.of(this);
    }

    /// One self-contained page.
    public String html() {
        return RunPage.of(this);
    }

    /// All latency histograms as one HdrHistogram log, each tagged with its run's name.
    public String histogramLog() {
        return HistogramFile.of(this);
    }

    /// The log format of HdrHistogram 1.3, which its viewers and scripts read. Values are
    /// nanoseconds.
    static final class HistogramFile {
        private static final double NANOS_PER_MILLI = 1e6;

        private HistogramFile() {}

        static String of(RunReport report) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
                HistogramLogWriter writer = new HistogramLogWriter(out);
                writer.outputComment("latency in nanoseconds; " + report.title());
                writer.outputLogFormatVersion();
                writer.outputLegend();
                for (RunReport.Entry entry : report.entries()) {
                    Histogram histogram = entry.run().latency().copy();
                    // Commas and blanks end a tag.
                    histogram.setTag(entry.name().replaceAll("[,\\s]+", "_"));
                    writer.outputIntervalHistogram(
                            0, entry.run().measured().toNanos() / 1e9, histogram, NANOS_PER_MILLI);
                }
            }
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    /// Runs as JSON; times in nanoseconds unless the name states another unit.
    static final class RunJson {
        private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

        private RunJson() {}

        static String of(RunReport report) {
            ObjectNode root = NODES.objectNode().put("title", report.title());
            ArrayNode runs = root.putArray("runs");
            report.entries().forEach(entry -> runs.add(run(entry)));
            return root.toPrettyString() + "\n";
        }

        private static ObjectNode run(RunReport.Entry entry) {
            LoadTestResult run = entry.run();
            ObjectNode node = NODES.objectNode().put("name", entry.name());
            node.set("plan", plan(run.plan()));
            node.put("measuredSeconds", run.measured().toNanos() / 1e9);
            node.put("perSecond", run.throughput());
            node.put("completed", run.outcome().completed());
            node.put("verified", run.outcome().verified());
            node.set("failures", counts(run.outcome().failures()));
            node.set("wrong", counts(run.outcome().wrong()));
            ArrayNode examples = node.putArray("wrongExamples");
            run.outcome().examples().forEach(it -> examples.add(RunTable.describe(it)));
            node.set("latency", latency(run));
            node.put("driverCpuSeconds", run.cost().cpu().toNanos() / 1e9);
            node.put("driverShare", run.cost().share());
            ArrayNode timeline = node.putArray("timeline");
            run.timeline().forEach(second -> timeline.add(second(second)));
            return node;
        }

        private static ObjectNode plan(LoadTestPlan plan) {
            ObjectNode node = NODES.objectNode().put("target", plan.target().toString());
            switch (plan.pace()) {
                case RequestPacing.Rate rate ->
                        node.put("pace", "rate").put("rate", rate.perSecond());
                case RequestPacing.Saturate _ -> node.put("pace", "saturate");
            }
            return node.put("connections", plan.connections().count())
                    .put("keepAlive", plan.connections().keepAlive())
                    .put("pipeline", plan.connections().pipeline())
                    .put("warmUpSeconds", plan.warmUp().toNanos() / 1e9)
                    .put("durationSeconds", plan.duration().toNanos() / 1e9);
        }

        private static ObjectNode counts(Map<? extends Enum<?>, Long> counts) {
            ObjectNode node = NODES.objectNode();
            counts.forEach((key, count) -> node.put(RunTable.word(key), count));
            return node;
        }

        private static ObjectNode latency(LoadTestResult run) {
            ObjectNode node = NODES.objectNode().put("mean", run.latency().getMean());
            for (double percentile : FigureFormat.PERCENTILES) {
                String name = "p" + String.valueOf(percentile).replaceFirst("\\.0$", "");
                node.put(name, run.latency().getValueAtPercentile(percentile));
            }
            return node.put("max", run.latency().getMaxValue());
        }

        private static ObjectNode second(LoadTestResult.Second second) {
            return NODES.objectNode()
                    .put("offset", second.offset())
                    .put("perSecond", second.throughput())
                    .put("p50", second.p50())
                    .put("p99", second.p99())
                    .put("p99.9", second.p999())
                    .put("max", second.max())
                    .put("backlog", second.backlog());
        }
    }

    /// Runs as one self-contained HTML page, which opens from disk and can be mailed.
    static final class RunPage {
        /// Up to 1 - 10^-5; few runs have enough answers for more.
        private static final double NINES = 5;

        private static final double STEP = 0.05;

        private static final String STYLE =
                """
                :root { color-scheme: light dark; --ink: #1d2329; --paper: #fff; --faint: #d8dee4;
                  --c0: #0969da; --c1: #bc4c00; --c2: #1a7f37; --c3: #8250df; --c4: #bf3989; --c5: #6e7781; }
                @media (prefers-color-scheme: dark) { :root { --ink: #d6dde4; --paper: #12161b; --faint: #303842;
                  --c0: #58a6ff; --c1: #f0883e; --c2: #56d364; --c3: #bc8cff; --c4: #ff7bc0; --c5: #9aa5b1; } }
                body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
                  max-width: 1000px; margin: 2em auto; padding: 0 1em; }
                h1 { font-size: 1.4em; } h2 { font-size: 1.1em; margin-top: 2em; }
                .wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
                th, td { text-align: right; padding: .25em .7em; border-bottom: 1px solid var(--faint); white-space: nowrap; }
                th:first-child, td:first-child { text-align: left; }
                figure { margin: 1.5em 0; } figcaption { font-weight: 600; }
                svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--ink); }
                .grid { stroke: var(--faint); } .line { fill: none; stroke: var(--c); stroke-width: 1.8; }
                .legend { margin: 0; font-size: .9em; } .legend span { color: var(--c); margin-right: 1em; }
                .c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); }
                .c3 { --c: var(--c3); } .c4 { --c: var(--c4); } .c5 { --c: var(--c5); }
                """;

        private RunPage() {}

        static String of(RunReport report) {
            String title = HtmlEscaper.text(report.title());
            return """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>%s</title>
            <style>
            %s</style></head>
            <body>
            <h1>%s</h1>
            %s
            %s
            <h2>Latency</h2>
            %s
            <h2>Over time</h2>
            %s
            </body>
            </html>
            """
                    .formatted(
                            title,
                            STYLE,
                            title,
                            table(report),
                            notes(report),
                            latency(report),
                            overTime(report));
        }

        private static String table(RunReport report) {
            return "<div class=\"wide\"><table>\n"
                    + row("th", RunTable.heads())
                    + report.entries().stream()
                            .map(entry -> row("td", RunTable.cells(entry)))
                            .collect(Collectors.joining())
                    + "</table></div>";
        }

        private static String row(String tag, List<String> cells) {
            return cells.stream()
                    .map(cell -> "<%s>%s</%s>".formatted(tag, HtmlEscaper.text(cell), tag))
                    .collect(Collectors.joining("", "<tr>", "</tr>\n"));
        }

        private static String notes(RunReport report) {
            return report.entries().stream()
                    .flatMap(entry -> RunTable.notes(entry).stream())
                    .map(note -> "<li>" + HtmlEscaper.text(note) + "</li>")
                    .collect(Collectors.joining("\n", "<ul>", "</ul>"));
        }

        /// Percentiles by the number of nines, so that the tail gets as much space as the rest.
        private static String latency(RunReport report) {
            return new SvgLinePlot(
                            "Latency by percentile, from the intended send time",
                            report.entries().stream().map(RunPage::percentiles).toList(),
                            RunPage::percentileName,
                            FigureFormat::nanos,
                            true)
                    .svg();
        }

        private static SvgLinePlot.Line percentiles(RunReport.Entry entry) {
            Histogram histogram = entry.run().latency();
            List<Double> xs = new ArrayList<>();
            List<Double> ys = new ArrayList<>();
            double nines =
                    Math.min(NINES, Math.log10((double) Math.max(10, histogram.getTotalCount())));
            for (double x = 0; x <= nines; x += STEP) {
                xs.add(x);
                ys.add((double) histogram.getValueAtPercentile(100 - Math.pow(10, 2 - x)));
            }
            return new SvgLinePlot.Line(entry.name(), xs, ys);
        }

        private static String percentileName(double nines) {
            double percentile = 100 - Math.pow(10, 2 - nines);
            return "p" + Math.round(percentile * 1000) / 1000.0;
        }

        private static String overTime(RunReport report) {
            return timeline(report, "Answers per second", LoadTestResult.Second::throughput, false)
                    + timeline(report, "p50 per second", second -> second.p50(), true)
                    + timeline(report, "p99 per second", second -> second.p99(), true);
        }

        private static String timeline(
                RunReport report,
                String title,
                ToDoubleFunction<LoadTestResult.Second> value,
                boolean time) {
            List<SvgLinePlot.Line> lines =
                    report.entries().stream()
                            .map(
                                    entry ->
                                            new SvgLinePlot.Line(
                                                    entry.name(),
                                                    ends(entry.run().timeline()),
                                                    entry.run().timeline().stream()
                                                            .map(value::applyAsDouble)
                                                            .toList()))
                            .toList();
            return new SvgLinePlot(
                            title,
                            lines,
                            x -> Math.round(x * 10) / 10.0 + " s",
                            time ? FigureFormat::nanos : FigureFormat::rate,
                            time)
                    .svg();
        }

        private static List<Double> ends(List<LoadTestResult.Second> timeline) {
            List<Double> ends = new ArrayList<>();
            double at = 0;
            for (LoadTestResult.Second second : timeline) {
                at += second.length();
                ends.add(at);
            }
            return ends;
        }
    }

    /// Runs as text.
    static final class RunTable {
        private static final int EXAMPLES = 5;

        private RunTable() {}

        static String of(RunReport report) {
            List<List<String>> rows = new ArrayList<>();
            rows.add(heads());
            report.entries().forEach(entry -> rows.add(cells(entry)));
            StringBuilder text = new StringBuilder(report.title()).append("\n\n");
            for (List<String> row : rows) {
                text.append(line(row, rows)).append('\n');
            }
            report.entries()
                    .forEach(entry -> notes(entry).forEach(it -> text.append(it).append('\n')));
            return text.toString();
        }

        static List<String> heads() {
            List<String> heads = new ArrayList<>(List.of("run", "answers/s", "answers"));
            FigureFormat.PERCENTILES.forEach(
                    it -> heads.add("p" + it.toString().replaceFirst("\\.0$", "")));
            heads.addAll(List.of("max", "failed", "wrong", "verified", "driver"));
            return heads;
        }

        static List<String> cells(RunReport.Entry entry) {
            LoadTestResult run = entry.run();
            LoadTestResult.Outcome outcome = run.outcome();
            List<String> cells = new ArrayList<>();
            cells.add(entry.name());
            cells.add(FigureFormat.rate(run.throughput()));
            cells.add(FigureFormat.count(outcome.completed()));
            for (double percentile : FigureFormat.PERCENTILES) {
                cells.add(
                        FigureFormat.nanos(
                                (double) run.latency().getValueAtPercentile(percentile)));
            }
            cells.add(FigureFormat.nanos((double) run.latency().getMaxValue()));
            cells.add(FigureFormat.count(outcome.failed()));
            cells.add(FigureFormat.count(outcome.wrongAnswers()));
            cells.add(FigureFormat.count(outcome.verified()));
            cells.add(FigureFormat.share(run.cost().share()));
            return cells;
        }

        private static String line(List<String> row, List<List<String>> rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream().mapToInt(it -> it.get(at).length()).max().orElse(0);
                String form = column == 0 ? "%-" + width + "s" : "  %" + width + "s";
                line.append(form.formatted(row.get(column)));
            }
            return line.toString();
        }

        /// Explanations of the figures, one sentence each.
        static List<String> notes(RunReport.Entry entry) {
            LoadTestResult run = entry.run();
            List<String> notes = new ArrayList<>();
            if (run.cost().isSaturated()) {
                notes.add(
                        "%s: DRIVER BUSY: it used %s of its core, so the server may be faster than this"
                                .formatted(entry.name(), FigureFormat.share(run.cost().share())));
            }
            if (!run.outcome().failures().isEmpty()) {
                notes.add(
                        "%s: failed: %s".formatted(entry.name(), counts(run.outcome().failures())));
            }
            if (!run.outcome().wrong().isEmpty()) {
                notes.add("%s: WRONG: %s".formatted(entry.name(), counts(run.outcome().wrong())));
                run.outcome().examples().stream()
                        .limit(EXAMPLES)
                        .forEach(it -> notes.add("  " + describe(it)));
            }
            if (run.plan().pace() instanceof RequestPacing.Saturate) {
                notes.add(
                        entry.name()
                                + ": closed loop, its latencies are those of a server with all"
                                + " connections busy");
            }
            return notes;
        }

        private static String counts(Map<? extends Enum<?>, Long> counts) {
            return counts.entrySet().stream()
                    .map(
                            it ->
                                    "%s %s"
                                            .formatted(
                                                    FigureFormat.count(it.getValue()),
                                                    word(it.getKey())))
                    .sorted()
                    .collect(Collectors.joining(", "));
        }

        static String word(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        static String describe(WrongAnswer wrong) {
            RequestDescription question = wrong.question();
            return "serial %s, requested by %s with %s%s: expected %s, received %s (%s)"
                    .formatted(
                            question.serial(),
                            question.method(),
                            question.hashAlgorithm().jcaName(),
                            question.nonce().isPresent() ? " and a nonce" : "",
                            word(question.expected()),
                            wrong.seen(),
                            word(wrong.fault()));
        }
    }
}
