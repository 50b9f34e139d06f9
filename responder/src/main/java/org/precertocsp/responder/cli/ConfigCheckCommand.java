package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.precertocsp.responder.cli.CredentialCheck.Finding;
import org.precertocsp.responder.cli.CredentialCheck.Severity;
import org.precertocsp.responder.config.ConfigProblem;
import org.precertocsp.responder.config.ConfigRefused;
import org.precertocsp.responder.config.MemoryCheck;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.signer.key.Keys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `config check`: prints all problems that would keep the server from starting.
@Command(
        name = "check",
        description =
                "Check a configuration: its keys and values, the files it names, and the signing"
                        + " keys, which are opened and compared with their certificates. Every"
                        + " problem is printed as FILE:LINE:COLUMN: KEY: PROBLEM.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the server would start with it",
            "1:problems found",
            ExitCodes.USAGE_HELP,
            "3:the file cannot be read"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp config check -c precert-ocsp.yaml",
            "  precert-ocsp config check -c precert-ocsp.yaml --without-keys"
        })
final class ConfigCheckCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = "--without-keys",
            description = "Do not open the signing keys, for example where there is no HSM.")
    private boolean withoutKeys;

    private final CredentialCheck credentials;

    ConfigCheckCommand(CredentialCheck credentials) {
        this.credentials = credentials;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try {
            ServerConfig read = config.read();
            List<Finding> findings = findings(read);
            findings.forEach(finding -> out.println(line(finding)));
            if (!read.alerts().isIndependent()) {
                out.println(
                        config.file()
                                + ": alerts: warning: alerts are only written to the log; NSR "
                                + "3.2.2 requires two independent ways: add one under channels");
            }
            for (String warning : MemoryCheck.warnings(read, Runtime.getRuntime().maxMemory())) {
                out.println(config.file() + ": " + warning);
            }
            boolean refused = findings.stream().anyMatch(it -> it.severity() == Severity.ERROR);
            if (!refused) {
                out.print(new ConfigSummary(read).text(config.file()));
            }
            return refused ? ExitCodes.REFUSED : ExitCodes.OK;
        } catch (ConfigRefused e) {
            for (ConfigProblem problem : e.problems()) {
                out.println(problem.in(config.file()));
            }
            return ExitCodes.REFUSED;
        } finally {
            out.flush();
        }
    }

    private List<Finding> findings(ServerConfig read) {
        List<Finding> findings = new ArrayList<>();
        for (ServerConfig.Issuer issuer : read.issuers()) {
            issuer.credential().stream()
                    .flatMap(it -> Keys.warnings(it.key().source()).stream())
                    .map(warning -> new Finding(issuer.name(), Severity.WARNING, warning))
                    .forEach(findings::add);
        }
        if (!withoutKeys) {
            findings.addAll(credentials.check(read));
        }
        return findings;
    }

    private String line(Finding finding) {
        return "%s: issuer %s: %s%s"
                .formatted(
                        config.file(),
                        finding.issuer(),
                        finding.severity() == Severity.WARNING ? "warning: " : "",
                        finding.message());
    }
}
