package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.LoadSummary.Report;

/// The result of one `load` command; its JSON has these fields.
///
/// @param files loaded or rejected, in the order named
/// @param skipped names of files in directories that are not certificates
/// @param error why the command stopped before its end
record LoadResult(
        List<LoadSummary> files, Totals totals, List<String> skipped, Optional<String> error) {

    /// @param refusedFiles files of which nothing was loaded
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

    /// Prints the result of a `load` command.
    static final class LoadReport {
        /// Reports printed for one file; a CRL of serials that were never announced has thousands.
        static final int MAX_SHOWN = 50;

        private final PrintWriter out;

        LoadReport(PrintWriter out) {
            this.out = out;
        }

        void print(LoadResult result) {
            result.files().forEach(this::print);
            if (!result.skipped().isEmpty()) {
                out.println("skipped, since their names do not end as those of certificates:");
                result.skipped().forEach(name -> out.println("  " + SafeText.of(name)));
            }
            LoadResult.Totals totals = result.totals();
            String files = totals.files() == 1 ? "1 file" : totals.files() + " files";
            String refused =
                    totals.refusedFiles() == 0
                            ? ""
                            : ", " + totals.refusedFiles() + " rejected whole";
            out.println(
                    "total: %s%s%s; %s"
                            .formatted(
                                    files,
                                    refused,
                                    result.files().stream().anyMatch(LoadSummary::dryRun)
                                            ? ", dry run: nothing was written"
                                            : "",
                                    counts(
                                            new long[] {
                                                totals.added(), totals.changed(), totals.unchanged()
                                            },
                                            new long[] {
                                                totals.refused(),
                                                totals.conflicts(),
                                                totals.warnings()
                                            })));
            out.flush();
        }

        private void print(LoadSummary file) {
            String what =
                    file.refusedFile()
                            .map(
                                    why ->
                                            (file.dryRun()
                                                            ? "would be rejected, nothing of it loaded: "
                                                            : "rejected, nothing of it was loaded: ")
                                                    + SafeText.of(why))
                            .orElseGet(
                                    () ->
                                            counts(
                                                    new long[] {
                                                        file.added(),
                                                        file.changed(),
                                                        file.unchanged()
                                                    },
                                                    new long[] {
                                                        file.refused(),
                                                        file.conflicts(),
                                                        file.warnings()
                                                    }));
            out.println(SafeText.of(file.file()) + (file.dryRun() ? " (dry run): " : ": ") + what);
            explain(file);
            List<Report> worstFirst = new ArrayList<>(file.reports());
            worstFirst.sort(Comparator.comparing(report -> report.severity().equals("warning")));
            worstFirst.stream().limit(MAX_SHOWN).forEach(this::print);
            long more = worstFirst.size() + file.reportsLeftOut() - MAX_SHOWN;
            if (more > 0) {
                out.println(
                        "  … and " + more + " more; --json tells up to " + LoadSummary.MAX_REPORTS);
            }
        }

        /// Explains numbers that need it.
        private void explain(LoadSummary file) {
            if (file.refusedFile().isEmpty() && file.refused() + file.conflicts() > 0) {
                out.println(
                        "  what was rejected or is in conflict is left out, the rest of the file %s;"
                                        .formatted(file.dryRun() ? "would be loaded" : "is loaded")
                                + " --strict loads all or nothing");
            }
            if (file.stillGood().count() > 0) {
                out.println(
                        "  STILL ANSWERED good, though the file says revoked: %s%s"
                                .formatted(
                                        String.join(", ", file.stillGood().serials()),
                                        file.stillGood().count() > file.stillGood().serials().size()
                                                ? " … (%d)".formatted(file.stillGood().count())
                                                : ""));
            }
            if (file.unknownRevoked() > 0) {
                out.println(
                        "  %d revoked that nobody had announced: is it the right issuer?"
                                .formatted(file.unknownRevoked()));
            }
            if (file.staysRevoked() > 0) {
                out.println(
                        "  %d listed as good and ignored: they stay revoked"
                                .formatted(file.staysRevoked()));
            }
        }

        private void print(Report report) {
            out.println(
                    "  %-8s %s, %s: %s"
                            .formatted(
                                    report.severityText(),
                                    SafeText.of(report.file()),
                                    report.place(),
                                    SafeText.of(report.reason())));
        }

        private static String counts(long[] good, long[] bad) {
            String text = "%d added, %d changed, %d unchanged".formatted(good[0], good[1], good[2]);
            List<String> rest = new ArrayList<>();
            if (bad[0] > 0) {
                rest.add(bad[0] + " rejected");
            }
            if (bad[1] > 0) {
                rest.add(bad[1] + " in conflict");
            }
            if (bad[2] > 0) {
                rest.add(bad[2] + (bad[2] == 1 ? " warning" : " warnings"));
            }
            return rest.isEmpty() ? text : text + "; " + String.join(", ", rest);
        }
    }
}
