package org.precertocsp.loadtest.bench;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/// Results as text: one line for each, with time, its error, and garbage per operation.
final class BenchmarkTable {
    private static final String RECORDS = "records";
    private static final String GARBAGE = "gc.alloc.rate.norm";
    private static final String ROW = "%-56s %14s %12s %16s %14s%n";

    private BenchmarkTable() {}

    static void print(Collection<RunResult> results, PrintWriter out) {
        out.printf(ROW, "benchmark", "time/op", "± (99.9 %)", "operations/s", "garbage B/op");
        for (RunResult result : results) {
            printRow(result, out);
        }
        out.flush();
    }

    /// The lines as printed.
    static List<String> lines(Collection<RunResult> results) {
        StringWriter text = new StringWriter();
        print(results, new PrintWriter(text));
        return text.toString().lines().map(String::strip).toList();
    }

    private static void printRow(RunResult result, PrintWriter out) {
        Result<?> time = result.getPrimaryResult();
        BenchmarkParams parameters = result.getParams();
        double nanos = nanos(time.getScore(), parameters.getTimeUnit());
        double error = nanos(time.getScoreError(), parameters.getTimeUnit());
        Result<?> garbage = result.getSecondaryResults().get(GARBAGE);
        out.printf(
                ROW,
                name(parameters),
                duration(nanos),
                Double.isNaN(error) ? "" : duration(error),
                perSecond(nanos, parameters),
                garbage == null ? "" : String.format(Locale.ROOT, "%,.0f", garbage.getScore()));
    }

    private static String name(BenchmarkParams parameters) {
        String[] parts = parameters.getBenchmark().split("\\.", -1);
        String type = parts[parts.length - 2].replaceFirst("Benchmark$", "");
        StringJoiner values = new StringJoiner(", ", " (", ")").setEmptyValue("");
        List<String> keys = new ArrayList<>(parameters.getParamsKeys());
        keys.forEach(key -> values.add(value(key, parameters.getParam(key))));
        return type + "." + parts[parts.length - 1] + values;
    }

    private static String value(String key, String value) {
        return key.equals(RECORDS)
                ? String.format(Locale.ROOT, "%,d records", Integer.parseInt(value))
                : value;
    }

    /// For a pass over a file, records; otherwise calls.
    private static String perSecond(double nanos, BenchmarkParams parameters) {
        boolean pass =
                parameters.getParamsKeys().contains(RECORDS)
                        && parameters.getTimeUnit() == TimeUnit.MILLISECONDS;
        double each = pass ? Integer.parseInt(parameters.getParam(RECORDS)) : 1;
        return String.format(Locale.ROOT, "%,.0f%s", each * 1e9 / nanos, pass ? " rec" : "");
    }

    private static double nanos(double score, TimeUnit unit) {
        return score * unit.toNanos(1);
    }

    private static String duration(double nanos) {
        if (nanos < 1e4) {
            return String.format(Locale.ROOT, "%,.1f ns", nanos);
        }
        return nanos < 1e7
                ? String.format(Locale.ROOT, "%,.1f µs", nanos / 1e3)
                : String.format(Locale.ROOT, "%,.1f ms", nanos / 1e6);
    }
}
