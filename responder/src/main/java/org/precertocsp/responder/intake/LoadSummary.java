package org.precertocsp.responder.intake;

import java.util.List;
import java.util.Optional;

/// What loading one file came to; the JSON summary has these fields.
///
/// @param file as the operator named it
/// @param kind the feed
/// @param refusedFile why nothing of the file was taken; empty if it was read to its end
/// @param refused records not taken
/// @param conflicts stored and not merged (SS-11 to SS-13)
/// @param reports refusals, conflicts and warnings with their place, at most [#MAX_REPORTS]
/// @param reportsLeftOut how many more there were
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
        long reportsLeftOut) {
    public static final int MAX_REPORTS = 1_000;

    /// @param severity `refused`, `conflict` or `warning`
    /// @param place as `line 12` or `offset 340`
    public record Report(String severity, String file, String place, String reason) {}

    public LoadSummary {
        reports = List.copyOf(reports);
    }

    /// A file of which nothing was taken, since it could not even be opened.
    public static LoadSummary refused(FeedKind kind, String file, String why) {
        return new LoadSummary(file, kind.word(), Optional.of(why), 0, 0, 0, 0, 0, 0, List.of(), 0);
    }

    /// True if the whole file was taken and no record of it refused or in conflict.
    public boolean clean() {
        return refusedFile.isEmpty() && refused == 0 && conflicts == 0;
    }
}
