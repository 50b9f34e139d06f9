package org.precertocsp.responder.intake;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.List;
import java.util.Optional;

/// The result of loading one file; the JSON summary has these fields.
///
/// @param file the operator's name of it
/// @param kind the feed
/// @param refusedFile why nothing of the file was loaded; empty if it was read to its end
/// @param refused records that were not applied
/// @param conflicts documents stored and not merged (SS-11 to SS-13)
/// @param reports rejections, conflicts and warnings with their place, at most [#MAX_REPORTS]
/// @param reportsLeftOut number of further reports
/// @param staysRevoked serials listed as good but revoked, which stay so; among the warnings
/// @param unknownRevoked serials first known by their revocation; among the warnings
/// @param stillGood serials whose revocation was rejected and that are answered good; if the file
///   was rejected as a whole, as far as it was read
/// @param dryRun nothing was written: the numbers are those that a load would have
public record LoadSummary(
        String file,
        String kind,
        Optional<String> refusedFile,
        long added,
        long changed,
        long unchanged,
        long refused,
        long conflicts,
        long warnings,
        List<Report> reports,
        long reportsLeftOut,
        long staysRevoked,
        long unknownRevoked,
        StillGood stillGood,
        boolean dryRun) {
    public static final int MAX_REPORTS = 1_000;

    /// Serials that a source lists as revoked and that are answered good nevertheless.
    ///
    /// @param serials the first, hexadecimal
    public record StillGood(long count, List<String> serials) {
        static final int MAX_SERIALS = 20;

        /// None.
        public static final StillGood NONE = new StillGood(0, List.of());

        public StillGood {
            serials = List.copyOf(serials);
        }
    }

    /// Without the fields that were added later, as older servers write it.
    public LoadSummary(
            String file,
            String kind,
            Optional<String> refusedFile,
            long added,
            long changed,
            long unchanged,
            long refused,
            long conflicts,
            long warnings,
            List<Report> reports,
            long reportsLeftOut) {
        this(
                file,
                kind,
                refusedFile,
                added,
                changed,
                unchanged,
                refused,
                conflicts,
                warnings,
                reports,
                reportsLeftOut,
                0,
                0,
                StillGood.NONE,
                false);
    }

    /// @param severity `refused`, `conflict` or `warning`
    /// @param place such as `line 12` or `offset 340`
    public record Report(String severity, String file, String place, String reason) {
        /// The severity as people read it; `refused` is its name in files and in the API.
        public String severityText() {
            return severity.equals("refused") ? "rejected" : severity;
        }
    }

    // A summary of an older server has no stillGood.
    @SuppressWarnings({"NullAway", "ConstantConditions"})
    @JsonCreator
    public LoadSummary {
        reports = List.copyOf(reports);
        stillGood = stillGood == null ? StillGood.NONE : stillGood;
    }

    /// The same summary for a run that wrote nothing.
    LoadSummary asDryRun() {
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
                reports,
                reportsLeftOut,
                staysRevoked,
                unknownRevoked,
                stillGood,
                true);
    }

    /// The summary of a file that could not even be opened.
    public static LoadSummary refused(FeedKind kind, String file, String why) {
        return new LoadSummary(file, kind.word(), Optional.of(why), 0, 0, 0, 0, 0, 0, List.of(), 0);
    }

    /// True if the whole file was loaded and no record was rejected or in conflict.
    public boolean clean() {
        return refusedFile.isEmpty() && refused == 0 && conflicts == 0;
    }
}
