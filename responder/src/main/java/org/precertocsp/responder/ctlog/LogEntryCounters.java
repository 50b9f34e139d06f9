package org.precertocsp.responder.ctlog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.SerialKey;

/// Counts the results of a log's entries of configured issuers.
final class LogEntryCounters {
    private static final String KIND = "ct-log";

    private final List<LoadSummary.Report> reports = new ArrayList<>();
    private long added;
    private long changed;
    private long unchanged;
    private long refused;
    private long conflicts;
    private long warnings;

    void count(String log, long entry, SerialKey key, ChangeOutcome outcome) {
        switch (outcome) {
            case ChangeOutcome.Added _, ChangeOutcome.AddedByRevocation _ -> added++;
            case ChangeOutcome.Changed _ -> changed++;
            case ChangeOutcome.Unchanged _ -> unchanged++;
            case ChangeOutcome.Conflict(String why) -> {
                conflicts++;
                report("conflict", log, entry, "serial " + key.serial() + ": " + why);
            }
            case ChangeOutcome.Refused(String why) ->
                    refuse(log, entry, "serial " + key.serial() + ": " + why);
        }
    }

    void refuse(String log, long entry, String why) {
        refused++;
        report("refused", log, entry, why);
    }

    void warn(String log, long entry, String what) {
        warnings++;
        report("warning", log, entry, what);
    }

    void add(LogEntryCounters other) {
        added += other.added;
        changed += other.changed;
        unchanged += other.unchanged;
        refused += other.refused;
        conflicts += other.conflicts;
        warnings += other.warnings;
        other.reports.forEach(this::keep);
    }

    private void report(String severity, String log, long entry, String reason) {
        keep(new LoadSummary.Report(severity, log, "entry " + entry, reason));
    }

    private void keep(LoadSummary.Report report) {
        if (reports.size() < LoadSummary.MAX_REPORTS) {
            reports.add(report);
        }
    }

    /// @param stopped why the log was not read to its end
    LoadSummary summary(String log, Optional<String> stopped) {
        return new LoadSummary(
                log,
                KIND,
                stopped,
                added,
                changed,
                unchanged,
                refused,
                conflicts,
                warnings,
                reports,
                refused + conflicts + warnings - reports.size());
    }
}
