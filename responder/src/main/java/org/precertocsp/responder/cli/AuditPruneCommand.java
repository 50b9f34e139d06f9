package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.precertocsp.responder.audit.AuditConfig;
import org.precertocsp.responder.audit.LogPruner;
import org.precertocsp.responder.audit.RetentionHold;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `audit prune`: removes files whose records need no longer be kept.
@Command(
        name = "prune",
        mixinStandardHelpOptions = true,
        description = {
            "Removes old files of the audit log in which no record must be kept.",
            "",
            "Records stay two years, those of a certificate until two years after its end, those of"
                    + " a CA's",
            "keys until two years after its last certificate's end, and as long as revocations of"
                    + " expired",
            "certificates are answered for (RT-01 to RT-05). That files were removed is itself"
                    + " recorded.",
            "The server must be stopped, but for --dry-run, which changes no file."
        },
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all files that old were removed",
            "1:a record must be kept; the rule is named, and nothing of that log was removed."
                    + " Or the clock is far ahead of the newest record",
            ExitCodes.USAGE_HELP,
            "3:configuration, store or log could not be opened"
        },
        footerHeading = "%nExamples:%n",
        footer = "  precert-ocsp audit prune -c precert-ocsp.yaml --before 2024-01-01 --dry-run")
final class AuditPruneCommand implements Callable<Integer> {
    /// A running server records something every day.
    private static final Duration LONGEST_SILENCE = Duration.ofDays(1);

    /// The output of `--json`.
    record Report(boolean done, List<LogPruner.Outcome> logs) {}

    private final AuditContext.Factory contexts;
    private final CommandEnvironment environment;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--before",
            required = true,
            paramLabel = "TIME",
            description = "remove files all of whose records are older; ISO 8601 in UTC")
    private String before = "";

    @Option(names = "--dry-run", description = "remove nothing, only report")
    private boolean dryRun;

    @Option(
            names = "--accept-clock",
            description = {
                "the clock is right, though the newest record is more than a day older than it"
                        + " says,",
                "as after a server was stopped for so long"
            })
    private boolean acceptClock;

    @Option(names = "--json", description = "print one JSON object instead of text")
    private boolean json;

    AuditPruneCommand(AuditContext.Factory contexts, CommandEnvironment environment) {
        this.contexts = contexts;
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        Instant time = time();
        List<LogPruner.Outcome> outcomes;
        Optional<String> clock = acceptClock ? Optional.empty() : clockProblem();
        if (clock.isPresent()) {
            spec.commandLine().getErr().println("precert-ocsp: " + clock.get());
            return ExitCodes.REFUSED;
        }
        try (LogPruner pruning = open()) {
            outcomes = pruning.prune(time, !dryRun);
        } catch (CommandException e) {
            return CommandErrorHandler.report(spec, e.explanation());
        }
        boolean done = outcomes.stream().allMatch(outcome -> outcome.hold().isEmpty());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.line(new Report(done, outcomes)));
        } else {
            outcomes.forEach(outcome -> print(out, outcome));
        }
        out.flush();
        return done ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    /// If the clock were years ahead, records made a minute ago would count as old enough to
    /// remove.
    private Optional<String> clockProblem() throws IOException {
        try {
            AuditConfig audit = contexts.read(config.file()).audit();
            Instant now = environment.clock().instant();
            return LogPruner.newestRecord(List.of(audit.events(), audit.signatures()))
                    .filter(newest -> newest.plus(LONGEST_SILENCE).isBefore(now))
                    .map(newest -> clockText(now, newest));
        } catch (CommandException _) {
            // Reported when the logs are opened.
            return Optional.empty();
        }
    }

    private static String clockText(Instant now, Instant newest) {
        return ("nothing is removed: the clock says %s, and the newest record is of %s. If the"
                        + " clock is ahead, set it right. If it is right, because the server was"
                        + " stopped since, add --accept-clock.")
                .formatted(
                        now.truncatedTo(ChronoUnit.SECONDS),
                        newest.truncatedTo(ChronoUnit.SECONDS));
    }

    private LogPruner open() throws CommandException {
        AuditContext configured = contexts.read(config.file());
        return dryRun ? configured.openPruningPreview() : configured.openPruning();
    }

    private Instant time() {
        try {
            Instant time =
                    before.contains("T")
                            ? Instant.parse(before)
                            : LocalDate.parse(before).atStartOfDay(ZoneOffset.UTC).toInstant();
            if (time.isAfter(environment.clock().instant())) {
                throw new ParameterException(spec.commandLine(), "--before lies in the future");
            }
            return time;
        } catch (DateTimeParseException _) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--before: \"" + before + "\" is not a time, as 2024-01-01");
        }
    }

    private void print(PrintWriter out, LogPruner.Outcome outcome) {
        if (outcome.hold().isPresent()) {
            RetentionHold hold = outcome.hold().get();
            out.println("rejected  %s: %s".formatted(outcome.folder(), hold));
        } else if (outcome.removed().isEmpty()) {
            out.println("nothing   %s: no file is that old".formatted(outcome.folder()));
        } else {
            out.println(
                    "%s   %s: %s"
                            .formatted(
                                    dryRun ? "would go" : "removed ",
                                    outcome.folder(),
                                    String.join(", ", outcome.removed())));
        }
    }
}
