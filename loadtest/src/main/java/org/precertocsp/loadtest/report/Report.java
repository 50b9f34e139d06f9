package org.precertocsp.loadtest.report;

import java.util.List;
import org.precertocsp.loadtest.drive.LoadRun;

/// One or more runs to report.
///
/// @param title what was measured, for the head of the page
public record Report(String title, List<Entry> entries) {
    /// @param name the run among its like, such as `nginx static`
    public record Entry(String name, LoadRun run) {}

    /// Plain text for a terminal: a line per run, then what went wrong.
    public String table() {
        return RunTable.of(this);
    }

    /// All figures but the histograms, for programs.
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
}
