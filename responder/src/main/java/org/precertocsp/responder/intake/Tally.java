package org.precertocsp.responder.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.precertocsp.responder.intake.LoadSummary.Report;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.SerialKey;

/// Counts what becomes of one file's records and keeps the reports worth reading.
final class Tally {
    private static final String REFUSED = "refused";
    private static final String CONFLICT = "conflict";
    private static final String WARNING = "warning";

    private final FeedKind kind;
    private final String file;
    private final List<Report> reports = new ArrayList<>();
    private long added;
    private long changed;
    private long unchanged;
    private long refused;
    private long conflicts;
    private long warnings;

    Tally(FeedKind kind, String file) {
        this.kind = kind;
        this.file = file;
    }

    void count(Place place, SerialKey key, ChangeOutcome outcome) {
        switch (outcome) {
            case ChangeOutcome.Added _ -> added++;
            case ChangeOutcome.Changed _ -> changed++;
            case ChangeOutcome.Unchanged _ -> unchanged++;
            case ChangeOutcome.AddedByRevocation _ -> {
                added++;
                warnings++;
                report(
                        WARNING,
                        place,
                        () -> about(key, "revocation for a serial nobody announced"));
            }
            case ChangeOutcome.Conflict conflict -> {
                conflicts++;
                report(CONFLICT, place, () -> about(key, conflict.why()));
            }
            case ChangeOutcome.Refused refusal -> refuse(place, about(key, refusal.why()));
        }
    }

    void refuse(Place place, String why) {
        refused++;
        report(REFUSED, place, () -> why);
    }

    void warn(Place place, String what) {
        warnings++;
        report(WARNING, place, () -> what);
    }

    /// The file was taken.
    LoadSummary taken() {
        return summary(Optional.empty(), reports);
    }

    /// Nothing of the file was taken: what its records would have become is forgotten, what was
    /// wrong with them is not.
    LoadSummary refusedWhole(String why) {
        added = 0;
        changed = 0;
        unchanged = 0;
        conflicts = 0;
        List<Report> wrong =
                reports.stream().filter(report -> !report.severity().equals(CONFLICT)).toList();
        return summary(Optional.of(why), wrong);
    }

    private LoadSummary summary(Optional<String> refusedFile, List<Report> kept) {
        return new LoadSummary(
                file,
                kind.word(),
                refusedFile,
                added,
                changed,
                unchanged,
                refused,
                conflicts,
                warnings,
                kept,
                refused + conflicts + warnings - kept.size());
    }

    // A CRL may bring thousands of warnings before its one refusal; that one must be seen.
    private void report(String severity, Place place, Supplier<String> reason) {
        if (reports.size() == LoadSummary.MAX_REPORTS
                && (severity.equals(WARNING) || !dropLastWarning())) {
            return;
        }
        reports.add(new Report(severity, file, place.toString(), reason.get()));
    }

    private boolean dropLastWarning() {
        for (int i = reports.size() - 1; i >= 0; i--) {
            if (reports.get(i).severity().equals(WARNING)) {
                reports.remove(i);
                return true;
            }
        }
        return false;
    }

    private static String about(SerialKey key, String what) {
        return "serial " + key.serial() + ": " + what;
    }
}
