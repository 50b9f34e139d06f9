package org.precertocsp.responder.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.precertocsp.responder.audit.StoreRecovery;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `audit replay`: applies to the store the changes that the log recorded and the store lacks.
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Applies to the store the changes that the audit log recorded and the store lacks.",
            "",
            "For a store that was restored from a backup, that is empty, or whose disk lost "
                    + "the last writes: serve does not start with such a store and names this command. Every set of changes becomes"
                    + " durable by",
            "itself, so the command can be stopped and run again; run on a store that lacks"
                    + " nothing, it changes",
            "nothing. The server must be stopped, but for --dry-run.",
            "",
            "It restores every status. Three things are not in the log and come back with the"
                    + " next load:",
            "fingerprints of documents (load all certificates and precertificates again; until then"
                    + " a second",
            "certificate of a serial is not seen as a conflict), the numbers of CRLs (load the"
                    + " newest), and how",
            "far CT logs were read (they are read again from where the configuration says)."
        },
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the store has all that the log recorded",
            "1:it lacks changes (--dry-run), or some were rejected",
            ExitCodes.USAGE_HELP,
            "3:configuration, store or log could not be opened, or the log does not say what is missing"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp audit replay -c precert-ocsp.yaml --dry-run",
            "  precert-ocsp audit replay -c precert-ocsp.yaml"
        })
final class AuditReplayCommand implements Callable<Integer> {
    /// The output of `--json`.
    ///
    /// @param sets change sets that the store lacked
    /// @param notTaken changes that the store's rules reject now
    /// @param conflicts conflicts of documents, which only loading their files again restores
    record Report(boolean dryRun, long sets, long changes, long notTaken, long conflicts) {}

    private final AuditContext.Factory contexts;
    private final CommandEnvironment environment;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--dry-run", description = "change no file, only report what the store lacks")
    private boolean dryRun;

    @Mixin private OutputOptions output = new OutputOptions();

    AuditReplayCommand(AuditContext.Factory contexts, CommandEnvironment environment) {
        this.contexts = contexts;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        try {
            AuditContext configured = contexts.read(config.file());
            StoreRecovery.Comparison comparison = configured.compareStore();
            return switch (comparison) {
                case StoreRecovery.Comparison.InStep _ -> replay(configured, 0);
                case StoreRecovery.Comparison.Behind behind ->
                        dryRun ? reportMissing(behind) : replay(configured, behind.changes());
                case StoreRecovery.Comparison.Unrelated unrelated ->
                        throw new CommandException(
                                "store and audit log do not belong together: "
                                        + unrelated.why()
                                        + ". Restore both from one backup and try again",
                                null);
            };
        } catch (CommandException e) {
            return CommandErrorHandler.report(spec, e.explanation());
        }
    }

    private int reportMissing(StoreRecovery.Comparison.Behind behind) {
        print(
                new Report(true, behind.sets(), behind.changes(), 0, 0),
                "the store %s %d sets with %d changes, recorded between %s and %s; nothing was changed"
                        .formatted(
                                behind.empty() ? "is empty and lacks" : "lacks",
                                behind.sets(),
                                behind.changes(),
                                behind.since(),
                                behind.until()));
        return ExitCodes.REFUSED;
    }

    private int replay(AuditContext configured, long changes) throws CommandException {
        if (dryRun) {
            print(new Report(true, 0, 0, 0, 0), "the store lacks nothing; nothing was changed");
            return ExitCodes.OK;
        }
        StoreRecovery.Replayed replayed;
        try (ProgressDisplay progress =
                ProgressDisplay.count(output.terminal(environment), "replaying", "changes")) {
            replayed = configured.replay(at -> progress.at(at, changes));
        }
        print(
                new Report(
                        false,
                        replayed.sets(),
                        replayed.changes(),
                        replayed.notTaken(),
                        replayed.conflicts()),
                text(replayed));
        return replayed.notTaken() == 0 ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    private static String text(StoreRecovery.Replayed replayed) {
        if (replayed.sets() == 0) {
            return "the store lacks nothing; nothing was applied";
        }
        return "%d sets with %d changes were applied; the store has every status that the audit log recorded. Load all certificates and precertificates again, so that conflicts with them are found, and the newest CRLs%s%s"
                .formatted(
                        replayed.sets(),
                        replayed.changes(),
                        replayed.notTaken() == 0
                                ? ""
                                : "%n%d changes were not taken: a later rule rejects them; see status"
                                                .formatted(replayed.notTaken())
                                        + " and audit changes for their serials",
                        replayed.conflicts() == 0
                                ? ""
                                : "%n%d conflicts of documents come back when their files are loaded"
                                                .formatted(replayed.conflicts())
                                        + " again");
    }

    private void print(Report report, String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(output.json() ? Json.line(report) : text);
        out.flush();
    }
}
