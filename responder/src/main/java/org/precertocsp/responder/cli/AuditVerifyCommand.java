package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.audit.LogProblem;
import org.precertocsp.responder.audit.LogVerificationResult;
import org.precertocsp.responder.audit.OfflineLogVerifier;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `audit verify`: checks that the log was not changed.
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Checks that the audit log was not changed. Works while the server runs.",
            "",
            "Every record must follow the one before it, and the log must end under a "
                    + "checkpoint signed by its key. It must be no shorter than the checkpoints known "
                    + "to the store, published for witnesses, and given with --checkpoint."
        },
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:nothing was changed",
            "1:something was changed; the output says where",
            ExitCodes.USAGE_HELP,
            "3:configuration, store or log could not be read"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp audit verify -c precert-ocsp.yaml",
            "  cp audit/events/checkpoint /somewhere/else   # today",
            "  precert-ocsp audit verify -c precert-ocsp.yaml --checkpoint /somewhere/else"
        })
final class AuditVerifyCommand implements Callable<Integer> {
    /// The output of `--json`.
    record Report(boolean intact, List<LogVerificationResult> logs) {}

    private final AuditContext.Factory contexts;
    private final CommandEnvironment environment;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "a checkpoint of one of the logs, kept where nobody else can write")
    private @Nullable Path witness;

    @Mixin private OutputOptions output = new OutputOptions();

    AuditVerifyCommand(AuditContext.Factory contexts, CommandEnvironment environment) {
        this.contexts = contexts;
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<LogVerificationResult> verdicts;
        try {
            verdicts = verdicts(contexts.read(config.file()));
        } catch (CommandException e) {
            return CommandErrorHandler.report(spec, e.explanation());
        }
        boolean intact = verdicts.stream().allMatch(verdict -> verdict.problems().isEmpty());
        if (output.json()) {
            out.println(Json.line(new Report(intact, verdicts)));
        } else {
            print(out, verdicts);
        }
        out.flush();
        return intact ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    private List<LogVerificationResult> verdicts(AuditContext configured)
            throws CommandException, IOException {
        Optional<String> note =
                witness == null ? Optional.empty() : Optional.of(Files.readString(witness));
        try (AuditContext.Checkpoints checkpoints = configured.openCheckpoints()) {
            OfflineLogVerifier check = new OfflineLogVerifier(configured.audit(), checkpoints::of);
            try (ProgressDisplay progress =
                    ProgressDisplay.bytes(
                            output.terminal(environment), "checking", check.bytes())) {
                return check.run(note, progress::add);
            }
        }
    }

    private static void print(PrintWriter out, List<LogVerificationResult> verdicts) {
        for (LogVerificationResult verdict : verdicts) {
            if (verdict.problems().isEmpty()) {
                out.printf("%s: intact, %d records%n", verdict.log(), verdict.records());
            }
            if (verdict.first() > 0) {
                out.printf("  those before record %d were pruned%n", verdict.first());
            }
            verdict.remarks().forEach(remark -> out.println("  " + SafeText.of(remark)));
            for (LogProblem problem : verdict.problems()) {
                out.println("TAMPERED  " + SafeText.of(problem.toString()));
            }
        }
        if (verdicts.isEmpty()) {
            out.println("nothing has been recorded yet");
        }
    }
}
