package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.precertocsp.responder.audit.StoreRecovery;
import org.precertocsp.responder.backup.BackupManifest;
import org.precertocsp.responder.backup.BackupRefusedException;
import org.precertocsp.responder.backup.BackupRestorer;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `restore`: puts a backup in place of a store and an audit log that were lost.
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Restores a backup that the command backup made, into the directories of a configuration whose store is empty.",
            "",
            "Every file is verified before anything is put in place; if one is damaged or missing,"
                    + " nothing is changed. The restore is recorded in the audit log, and the server"
                    + " raises an alert at its next start: changes acknowledged after the backup are"
                    + " not in it.",
            "",
            "Put in place first, since no backup has them: the configuration, its certificates and"
                    + " keys, and the key of the audit log. The server must be stopped. Run it as the"
                    + " server's user."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:restored, or with --check: the backup is complete and undamaged",
            "1:the backup is damaged, or must not be restored here, and nothing was changed; or it was"
                    + " restored, and audit verify reports problems",
            ExitCodes.USAGE_HELP,
            "3:it failed, and nothing was changed"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp restore -c precert-ocsp.yaml --check /mnt/backup/today",
            "  precert-ocsp restore -c precert-ocsp.yaml /mnt/backup/today",
            "  precert-ocsp restore -c precert-ocsp.yaml --store-only /mnt/backup/today",
            "  precert-ocsp audit replay -c precert-ocsp.yaml      # after --store-only"
        })
public final class RestoreCommand implements Callable<Integer> {
    /// The output of `--json`.
    ///
    /// @param restored false with `--check`
    /// @param madeAt everything acknowledged before this is in it
    /// @param problems that `audit verify` reports
    /// @param changesToReplay changes of the audit log that the restored store lacks
    record Report(
            boolean restored,
            Instant madeAt,
            String id,
            String host,
            int files,
            long bytes,
            List<String> problems,
            long changesToReplay) {}

    private final BackupContext.Factory contexts;
    private final CommandEnvironment environment;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOption config = new ConfigOption();

    @Parameters(paramLabel = "DIR", description = "the backup")
    private Path directory = Path.of("");

    @Option(names = "--check", description = "only verify the backup; change nothing")
    private boolean check;

    @Option(
            names = "--store-only",
            description =
                    "restore the store beside the audit log that is there, which was not lost; audit"
                            + " replay then applies what came after the backup")
    private boolean storeOnly;

    @Option(
            names = "--accept-older",
            description =
                    "restore although this server is known to have had newer changes, which are lost")
    private boolean acceptOlder;

    @Option(
            names = "--audit-key-lost",
            description =
                    "the key of the audit log does not exist any more: the restored log is put aside at"
                            + " the next start, with an alert, and whether the backup was forged cannot"
                            + " be told")
    private boolean auditKeyLost;

    @Mixin private OutputOptions output = new OutputOptions();

    private RestoreCommand(BackupContext.Factory contexts, CommandEnvironment environment) {
        this.contexts = contexts;
        this.environment = environment;
    }

    public static CommandLine line(BackupContext.Factory contexts, CommandEnvironment environment) {
        return new CommandLine(new RestoreCommand(contexts, environment));
    }

    @Override
    public Integer call() throws IOException {
        try {
            BackupContext configured = contexts.read(config.file());
            BackupRestorer restorer =
                    new BackupRestorer(
                            directory,
                            configured.settings(),
                            configured.issuers(),
                            new BackupRestorer.Options(storeOnly, acceptOlder, auditKeyLost),
                            environment.clock());
            BackupManifest manifest = restorer.manifest();
            BackupRestorer.Result result;
            try (ProgressDisplay progress =
                    ProgressDisplay.bytes(
                            output.terminal(environment),
                            check ? "checking" : "restoring",
                            manifest.bytes())) {
                if (check) {
                    restorer.verify(manifest, progress::add);
                    result = BackupRestorer.Result.checked(manifest);
                } else {
                    result = restorer.restore(manifest, progress::add);
                }
            }
            print(result);
            return result.problems().isEmpty() ? ExitCodes.OK : ExitCodes.REFUSED;
        } catch (CommandException e) {
            return CommandErrorHandler.report(spec, e.explanation());
        } catch (BackupRefusedException e) {
            CommandErrorHandler.report(spec, String.valueOf(e.getMessage()));
            return ExitCodes.REFUSED;
        }
    }

    private void print(BackupRestorer.Result result) {
        BackupManifest manifest = result.manifest();
        PrintWriter out = spec.commandLine().getOut();
        if (output.json()) {
            out.println(
                    Json.line(
                            new Report(
                                    !check,
                                    manifest.madeAt(),
                                    manifest.id().toString(),
                                    manifest.host(),
                                    manifest.files().size(),
                                    manifest.bytes(),
                                    result.problems(),
                                    result.lacking()
                                            .map(StoreRecovery.Comparison.Behind::changes)
                                            .orElse(0L))));
        } else {
            out.println(
                    String.format(
                            Locale.ROOT,
                            "%s: made on %s, everything acknowledged before %s, %,d files, %,.1f MB",
                            check
                                    ? "the backup is complete and undamaged"
                                    : storeOnly ? "the store is restored" : "restored",
                            SafeText.of(manifest.host()),
                            manifest.madeAt(),
                            manifest.files().size(),
                            manifest.bytes() / 1e6));
            result.problems().forEach(it -> out.println("audit verify: " + SafeText.of(it)));
            if (!check) {
                nextSteps(result, out);
            }
        }
        out.flush();
    }

    private void nextSteps(BackupRestorer.Result result, PrintWriter out) {
        Path file = config.file();
        out.println("Next steps:");
        if (storeOnly) {
            result.lacking()
                    .ifPresent(
                            it ->
                                    out.println(
                                            "  precert-ocsp audit replay -c %s   # %d sets with %d changes since the backup"
                                                    .formatted(file, it.sets(), it.changes())));
        }
        out.println("  precert-ocsp audit verify -c " + file);
        out.println("  precert-ocsp serve -c " + file);
        if (!storeOnly) {
            out.println(
                    "  Load everything again that came after %s, revocations first: until then serials revoked since are answered good"
                            .formatted(result.manifest().madeAt()));
        }
        out.println("  precert-ocsp reconcile -c " + file);
    }
}
