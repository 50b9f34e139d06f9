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

/// Counts what becomes of one file's records and keeps the reports worth reading.
final class LoadCounters {
    private static final String REFUSED = "refused";
    private static final String CONFLICT = "conflict";
    private static final String WARNING = "warning";

    /// Ends the reason of a refusal whose serial is not revoked.
    static final String STILL_GOOD = "; it is still answered good";

    /// Serials remembered whose revocation was refused.
    private static final int MAX_STILL_GOOD = 10_000;

    private final FeedKind kind;
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

    LoadCounters(FeedKind kind, String file) {
        this.kind = kind;
        this.file = file;
    }

    void count(SourceLocation place, SerialKey key, ChangeOutcome outcome) {
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

    void refuse(SourceLocation place, String why) {
        refused++;
        report(REFUSED, place, () -> why);
    }

    /// @param known what is recorded of the serial
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

    /// A later record may have revoked what an earlier one could not.
    ///
    /// @param known what is recorded of a serial when the file has been read
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

    /// A list says good, and nothing undoes a revocation.
    void staysRevoked(SourceLocation place, SerialKey key) {
        staysRevoked++;
        warn(place, about(key, "listed as good, stays revoked: nothing undoes that (SA-11)"));
    }

    void warn(SourceLocation place, String what) {
        warnings++;
        report(WARNING, place, () -> what);
    }

    /// Why nothing may be taken where that is wanted whole or not at all.
    Optional<String> strictProblem() {
        return refused + conflicts == 0
                ? Optional.empty()
                : Optional.of(
                        "%d refused and %d in conflict, and --strict loads all or nothing"
                                .formatted(refused, conflicts));
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
        staysRevoked = 0;
        unknownRevoked = 0;
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
                refused + conflicts + warnings - kept.size(),
                staysRevoked,
                unknownRevoked,
                stillGood(),
                false);
    }

    // A CRL may bring thousands of warnings before its one refusal; that one must be seen.
    private void report(String severity, SourceLocation place, Supplier<String> reason) {
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
