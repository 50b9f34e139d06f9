package org.precertocsp.loadtest.report;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.precertocsp.loadtest.drive.LoadTestResult;

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
}
