package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.precertocsp.responder.monitor.Monitor;
import org.precertocsp.responder.monitor.report.JsonReport;
import org.precertocsp.responder.monitor.report.JunitReport;
import org.precertocsp.responder.monitor.report.MetricsPage;
import org.precertocsp.responder.monitor.report.MetricsText;
import org.precertocsp.responder.monitor.report.TextReport;
import org.precertocsp.responder.monitor.rule.CheckLimits;
import org.precertocsp.responder.monitor.rule.Judge;
import org.precertocsp.responder.monitor.rule.Judgement;
import org.precertocsp.responder.monitor.rule.Round;
import org.precertocsp.responder.monitor.rule.Verdict;
import org.precertocsp.responder.monitor.subject.SubjectFiles;
import org.precertocsp.responder.monitor.wire.HttpWire;
import org.precertocsp.responder.monitor.wire.WireLimits;
import org.precertocsp.responder.monitor.wire.WireTrust;
import org.precertocsp.signer.CertificateProblem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/// `check`: judges any responder from outside.
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Judges any OCSP responder by what it answers, rule by rule.",
            "",
            "Asks about each precertificate and certificate over GET and POST, with SHA-1 and"
                    + " SHA-256 CertIDs, and once for each responder about random serials, awkward GET"
                    + " paths, nonces and odd requests: some 30 questions. Each rule passes, warns"
                    + " (recommended only), fails or does not apply, with what was seen.",
            "",
            "With --ct-log it asks about the newest precertificates of a log, each proven by the"
                    + " log's signed tree.",
            "",
            "Asks whatever address the certificates name, unless --url says otherwise."
        },
        sortOptions = false,
        exitCodeOnExecutionException = ExitCodes.CANNOT,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:no rule failed",
            "1:some rule failed (with --strict, or warned)",
            ExitCodes.USAGE_HELP,
            "3:nothing could be asked, or something could not be asked about"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp check precertificate.pem --issuer issuer.pem",
            "  precert-ocsp check certificate.pem             # issuer got from its caIssuers"
                    + " address",
            "  precert-ocsp check folder/ --issuer ca.pem --failures --junit check.xml",
            "  precert-ocsp check leaf.pem --issuer ca.pem --url http://127.0.0.1:8080",
            "  precert-ocsp check --ct-log 'Some log 2026h2' --log-list log_list.json --issuer"
                    + " ca.pem --last 20",
            "  precert-ocsp check folder/ --issuer ca.pem --watch 5m --metrics-listen"
                    + " 127.0.0.1:9464"
        })
public final class CheckCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private CheckOptions options = new CheckOptions();

    private CheckCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public static CommandLine line(Surroundings surroundings) {
        return new CommandLine(new CheckCommand(surroundings));
    }

    @Override
    public Integer call() throws IOException {
        Optional<String> mistake = options.mistake();
        if (mistake.isPresent()) {
            throw new ParameterException(spec.commandLine(), mistake.get());
        }
        HttpWire wire;
        try {
            wire =
                    new HttpWire(
                            WireLimits.within(options.timeout()),
                            surroundings.clock(),
                            WireTrust.in(options.tlsAuthority()));
        } catch (CertificateProblem e) {
            say(String.valueOf(e.getMessage()));
            return ExitCodes.CANNOT;
        }
        Monitor monitor =
                new Monitor(
                        new Judge(options.profile(), surroundings.clock()),
                        wire,
                        CheckLimits.STANDARD,
                        surroundings.pause()::of);
        if (options.metrics().isEmpty()) {
            return rounds(monitor, wire, _ -> {});
        }
        try (MetricsPage page = MetricsPage.start(options.metrics().get())) {
            say("metrics at http://%s/metrics".formatted(page.address()));
            return rounds(monitor, wire, page::show);
        }
    }

    /// Whoever shows the metrics of a round.
    @FunctionalInterface
    private interface Shown {
        void show(String metrics);
    }

    private int rounds(Monitor monitor, HttpWire wire, Shown shown) throws IOException {
        for (long rounds = 1; ; rounds++) {
            Round round = round(monitor, wire);
            print(round);
            shown.show(MetricsText.of(round, rounds));
            if (options.watch().isEmpty() || !waited()) {
                return exitCode(round);
            }
        }
    }

    /// Reads files and log anew each time: what they hold may change while it is watched.
    private Round round(Monitor monitor, HttpWire wire) {
        SubjectFiles.Result read = new CheckSubjects(options, surroundings, this::say).read(wire);
        try (CheckProgress progress =
                CheckProgress.begin(surroundings.terminal(), read.subjects().size())) {
            Round round = monitor.round(read.subjects(), subject -> progress.next(subject.name()));
            List<String> problems = new ArrayList<>(read.problems());
            problems.addAll(round.problems());
            return new Round(round.at(), round.judgements(), problems);
        }
    }

    private boolean waited() {
        try {
            surroundings.pause().of(options.watch().orElseThrow());
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void print(Round round) throws IOException {
        round.problems().forEach(this::say);
        PrintWriter out = spec.commandLine().getOut();
        if (options.json()) {
            out.println(JsonReport.line(round));
            out.flush();
        } else {
            Ansi ansi = spec.commandLine().getColorScheme().ansi();
            new TextReport(out, options.everything(), ansi::string, Printable::of).print(round);
        }
        if (options.junit().isPresent()) {
            JunitReport.write(round, options.junit().get());
        }
    }

    private void say(String problem) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("precert-ocsp: " + Printable.of(problem));
        err.flush();
    }

    private int exitCode(Round round) {
        boolean failed = round.judgements().stream().anyMatch(this::isFailure);
        if (failed) {
            return ExitCodes.REFUSED;
        }
        return round.problems().isEmpty() && !round.judgements().isEmpty()
                ? ExitCodes.OK
                : ExitCodes.CANNOT;
    }

    private boolean isFailure(Judgement judgement) {
        return judgement.failed() || (options.strict() && judgement.count(Verdict.WARN) > 0);
    }
}
