package org.precertocsp.responder.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.precertocsp.responder.intake.LoadSummary;

/// The result of one `load` command; its JSON has these fields.
///
/// @param files taken or refused, in the order named
/// @param skipped names of files in folders that are no certificates
/// @param error why the command stopped before its end
record LoadResult(
        List<LoadSummary> files, Totals totals, List<String> skipped, Optional<String> error) {

    /// @param refusedFiles files of which nothing was taken
    record Totals(
            long files,
            long refusedFiles,
            long added,
            long changed,
            long unchanged,
            long refused,
            long conflicts,
            long warnings) {

        static Totals of(List<LoadSummary> files) {
            return new Totals(
                    files.size(),
                    files.stream().filter(file -> file.refusedFile().isPresent()).count(),
                    sum(files, LoadSummary::added),
                    sum(files, LoadSummary::changed),
                    sum(files, LoadSummary::unchanged),
                    sum(files, LoadSummary::refused),
                    sum(files, LoadSummary::conflicts),
                    sum(files, LoadSummary::warnings));
        }

        private static long sum(List<LoadSummary> files, ToLongFunction<LoadSummary> count) {
            return files.stream().mapToLong(count).sum();
        }
    }

    static LoadResult of(List<LoadSummary> files, List<String> skipped, Optional<String> error) {
        return new LoadResult(List.copyOf(files), Totals.of(files), List.copyOf(skipped), error);
    }

    int exitStatus() {
        if (error.isPresent()) {
            return ExitCodes.CANNOT;
        }
        return files.stream().allMatch(LoadSummary::clean) ? ExitCodes.OK : ExitCodes.REFUSED;
    }
}
