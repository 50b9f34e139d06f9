package org.precertocsp.loadtest.report;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/// The log format of HdrHistogram 1.3, which its viewers and scripts read. Values are nanoseconds.
final class HistogramFile {
    private static final double NANOS_PER_MILLI = 1e6;

    private HistogramFile() {}

    static String of(Report report) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            HistogramLogWriter writer = new HistogramLogWriter(out);
            writer.outputComment("latency in nanoseconds; " + report.title());
            writer.outputLogFormatVersion();
            writer.outputLegend();
            for (Report.Entry entry : report.entries()) {
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
