package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.backup.BackupManifest;
import org.precertocsp.responder.backup.BackupRefusedException;
import org.precertocsp.responder.backup.BackupWriter;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `backup`: copies store, audit log and alerts, while the server runs or not.
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Makes a backup of the store, the audit log and the alerts, whether the server runs or not."
                    + " The server goes on answering and taking changes.",
            "",
            "Everything acknowledged before the time that the command prints is in the backup. It is"
                    + " signed with the key of the audit log, and complete only if it has a file"
                    + " backup.json, which is written last.",
            "",
            "Not in it: the configuration, its certificates, private keys (also that of the audit"
                    + " log), and files that wait in the spool. Keep the first three yourself, in"
                    + " another place.",
            "",
            "Run it as the server's user. A backup that fails is also reported by the alert"
                    + " BACKUP_FAILED."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the backup is complete",
            "1:DIR is not empty or belongs to the server, or another backup is in progress",
            ExitCodes.USAGE_HELP,
            "3:it failed: no space, no store, a disk error; DIR has no backup"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp backup -c precert-ocsp.yaml /mnt/backup/$(date -u +%%Y%%m%%dT%%H%%M%%SZ)",
            "  precert-ocsp backup -c precert-ocsp.yaml --max-rate 50 /mnt/backup/today"
        })
public final class BackupCommand implements Callable<Integer> {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final long MEBIBYTE = 1 << 20;

    /// The output of `--json`.
    ///
    /// @param madeAt everything acknowledged before this is in it
    record Report(String directory, Instant madeAt, String id, int files, long bytes) {}

    private final BackupContext.Factory contexts;
    private final CommandEnvironment environment;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOption config = new ConfigOption();

    @Parameters(
            paramLabel = "DIR",
            description = "the backup: a directory that is empty or does not exist")
    private Path directory = Path.of("");

    @Option(
            names = "--max-rate",
            paramLabel = "MIB",
            description = "copy at most so many MiB per second (default: no limit)")
    private @Nullable Integer maxRate;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description =
                    "how long to wait for a load in progress, or for another command that has the"
                            + " store open. Default: ${DEFAULT-VALUE}",
            defaultValue = "3600")
    private int seconds = 3600;

    @Mixin private OutputOptions output = new OutputOptions();

    private BackupCommand(BackupContext.Factory contexts, CommandEnvironment environment) {
        this.contexts = contexts;
        this.environment = environment;
    }

    public static CommandLine line(BackupContext.Factory contexts, CommandEnvironment environment) {
        return new CommandLine(new BackupCommand(contexts, environment));
    }

    @Override
    public Integer call() throws IOException {
        Integer rate = maxRate;
        if (rate != null && rate < 1) {
            throw new ParameterException(spec.commandLine(), "--max-rate must be 1 or more");
        }
        try {
            BackupContext configured = contexts.read(config.file());
            BackupWriter writer =
                    new BackupWriter(
                            configured.settings(),
                            configured.directories(),
                            configured.issuers(),
                            VersionProvider.number(),
                            rate == null ? OptionalLong.empty() : OptionalLong.of(rate * MEBIBYTE),
                            environment.clock());
            BackupManifest made;
            try (Waiting listener = new Waiting()) {
                made = writer.write(directory, listener);
            }
            print(made, configured);
            return ExitCodes.OK;
        } catch (CommandException e) {
            return CommandErrorHandler.report(spec, e.explanation());
        } catch (BackupRefusedException e) {
            CommandErrorHandler.report(spec, String.valueOf(e.getMessage()));
            return ExitCodes.REFUSED;
        }
    }

    private void print(BackupManifest made, BackupContext configured) {
        Path target = directory.toAbsolutePath().normalize();
        PrintWriter out = spec.commandLine().getOut();
        if (output.json()) {
            out.println(
                    Json.line(
                            new Report(
                                    target.toString(),
                                    made.madeAt(),
                                    made.id().toString(),
                                    made.files().size(),
                                    made.bytes())));
        } else {
            out.println(
                    String.format(
                            Locale.ROOT,
                            "backup %s: everything acknowledged before %s, %,d files, %,.1f MB",
                            SafeText.of(target.toString()),
                            made.madeAt(),
                            made.files().size(),
                            made.bytes() / 1e6));
            out.println(
                    "Not in it: %s with the certificates it names, and private keys, also %s"
                            .formatted(
                                    configured.settings().configFile(),
                                    configured.settings().audit().keyFile()));
        }
        out.flush();
    }

    /// Shows progress; gives up when the wait is over.
    private final class Waiting implements BackupWriter.Listener, AutoCloseable {
        private final Instant deadline = environment.clock().instant().plusSeconds(seconds);
        private boolean noted;
        private Optional<ProgressDisplay> progress = Optional.empty();

        @Override
        public boolean waiting() {
            if (!environment.clock().instant().isBefore(deadline)) {
                return false;
            }
            if (!noted && !output.json()) {
                noted = true;
                PrintWriter err = spec.commandLine().getErr();
                err.println(
                        "waiting: a load is in progress, or another command has the store open");
                err.flush();
            }
            try {
                environment.pause().of(BETWEEN_LOOKS);
                return true;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public LongConsumer copying(long bytes) {
            ProgressDisplay display =
                    ProgressDisplay.bytes(output.terminal(environment), "copying", bytes);
            progress = Optional.of(display);
            return display::add;
        }

        @Override
        public void close() {
            progress.ifPresent(ProgressDisplay::close);
        }
    }
}
