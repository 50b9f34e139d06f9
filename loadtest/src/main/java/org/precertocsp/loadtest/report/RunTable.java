package org.precertocsp.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.precertocsp.loadtest.drive.LoadTestResult;
import org.precertocsp.loadtest.drive.RequestPacing;
import org.precertocsp.loadtest.drive.WrongAnswer;
import org.precertocsp.loadtest.requests.RequestDescription;

/// Runs as text.
final class RunTable {
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
        report.entries().forEach(entry -> notes(entry).forEach(it -> text.append(it).append('\n')));
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
            cells.add(FigureFormat.nanos((double) run.latency().getValueAtPercentile(percentile)));
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
            notes.add("%s: failed: %s".formatted(entry.name(), counts(run.outcome().failures())));
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
                .map(it -> "%s %s".formatted(FigureFormat.count(it.getValue()), word(it.getKey())))
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
