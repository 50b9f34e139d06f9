package org.precertocsp.responder.intake;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.precertocsp.responder.intake.LoadSummary.Report;
import org.precertocsp.responder.intake.LoadSummary.StillGood;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;

/// Counts the outcomes of the records of one file, or of one log's entries, and keeps the most
/// important reports. Not thread-safe.
public final class LoadCounters {
    private static final String REFUSED = "refused";
    private static final String CONFLICT = "conflict";
    private static final String WARNING = "warning";

    /// Suffix of the reason of a rejection whose serial is not revoked.
    static final String STILL_GOOD = "; it is still answered good";

    /// Maximum number of remembered serials whose revocation was rejected.
    private static final int MAX_STILL_GOOD = 10_000;

    private final String kind;
    private final String file;
    private final List<Report> reports = new ArrayList<>();
    private long added;
    private long changed;
    private long unchanged;
    private long refused;
    private long conflicts;
    private long warnings;
    private long staysRevoked;
    private long unknownRevoked;
    private final Set<SerialKey> stillGood = new LinkedHashSet<>();
    private long moreStillGood;

    /// @param kind of the feed, as the summary names it
    /// @param file or the log's name
    public LoadCounters(String kind, String file) {
        this.kind = kind;
        this.file = file;
    }

    public void count(SourceLocation place, SerialKey key, ChangeOutcome outcome) {
        switch (outcome) {
            case ChangeOutcome.Added _ -> added++;
            case ChangeOutcome.Changed _ -> changed++;
            case ChangeOutcome.Unchanged _ -> unchanged++;
            case ChangeOutcome.AddedByRevocation _ -> {
                added++;
                warnings++;
                unknownRevoked++;
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

    public void refuse(SourceLocation place, String why) {
        refused++;
        report(REFUSED, place, () -> why);
    }

    /// @param known the recorded status of the serial
    void refuseRevocation(
            SourceLocation place, SerialKey key, String why, Optional<StatusRecord> known) {
        boolean good = isGood(known);
        if (good) {
            if (stillGood.size() < MAX_STILL_GOOD) {
                stillGood.add(key);
            } else {
                moreStillGood++;
            }
        }
        refuse(place, about(key, good ? why + STILL_GOOD : why));
    }

    /// Removes serials that a later record has revoked.
    ///
    /// @param known returns the recorded status of a serial after the whole file was read
    void settle(Function<SerialKey, Optional<StatusRecord>> known) {
        stillGood.removeIf(key -> !isGood(known.apply(key)));
    }

    static boolean isGood(Optional<StatusRecord> known) {
        return known.isPresent()
                && known.get() instanceof StatusRecord.Assigned assigned
                && assigned.revocation().isEmpty();
    }

    private StillGood stillGood() {
        return stillGood.isEmpty()
                ? StillGood.NONE
                : new StillGood(
                        stillGood.size() + moreStillGood,
                        stillGood.stream()
                                .limit(StillGood.MAX_SERIALS)
                                .map(key -> key.serial().toHex())
                                .toList());
    }

    /// Counts a serial that a list declares good but that stays revoked, since a revocation is
    /// final.
    void staysRevoked(SourceLocation place, SerialKey key) {
        staysRevoked++;
        warn(place, about(key, "listed as good, stays revoked: nothing undoes that (SA-11)"));
    }

    public void warn(SourceLocation place, String what) {
        warnings++;
        report(WARNING, place, () -> what);
    }

    /// The reason why nothing may be loaded in strict mode, or empty.
    Optional<String> strictProblem() {
        return refused + conflicts == 0
                ? Optional.empty()
                : Optional.of(
                        "%d rejected and %d in conflict, and --strict loads all or nothing"
                                .formatted(refused, conflicts));
    }

    /// Adds the outcomes of a part that was counted by itself.
    public void add(LoadCounters part) {
        added += part.added;
        changed += part.changed;
        unchanged += part.unchanged;
        refused += part.refused;
        conflicts += part.conflicts;
        warnings += part.warnings;
        staysRevoked += part.staysRevoked;
        unknownRevoked += part.unknownRevoked;
        stillGood.addAll(part.stillGood);
        moreStillGood += part.moreStillGood;
        part.reports.forEach(this::keep);
    }

    /// The summary of a loaded file.
    LoadSummary taken() {
        return summary(Optional.empty());
    }

    /// The summary of what was counted, which stays in effect.
    ///
    /// @param stopped why not everything was read
    public LoadSummary summary(Optional<String> stopped) {
        return summary(stopped, reports);
    }

    /// The summary of a file of which nothing was loaded: the outcomes of its records are dropped,
    /// the errors in them are kept.
    LoadSummary refusedWhole(String why) {
        added = 0;
        changed = 0;
        unchanged = 0;
        conflicts = 0;
        staysRevoked = 0;
        unknownRevoked = 0;
        List<Report> wrong =
                reports.stream().filter(report -> !report.severity().equals(CONFLICT)).toList();
        return summary(Optional.of(why), wrong);
    }

    private LoadSummary summary(Optional<String> refusedFile, List<Report> kept) {
        return new LoadSummary(
                file,
                kind,
                refusedFile,
                added,
                changed,
                unchanged,
                refused,
                conflicts,
                warnings,
                kept,
                refused + conflicts + warnings - kept.size(),
                staysRevoked,
                unknownRevoked,
                stillGood(),
                false);
    }

    private void report(String severity, SourceLocation place, Supplier<String> reason) {
        if (hasRoomFor(severity)) {
            reports.add(new Report(severity, file, place.toString(), reason.get()));
        }
    }

    private void keep(Report report) {
        if (hasRoomFor(report.severity())) {
            reports.add(report);
        }
    }

    // A CRL may cause thousands of warnings before its one rejection, which must be visible.
    private boolean hasRoomFor(String severity) {
        return reports.size() < LoadSummary.MAX_REPORTS
                || (!severity.equals(WARNING) && dropLastWarning());
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
