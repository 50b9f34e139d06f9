package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.cli.ConfigCommand.ConfigCheckCommand.ConfigSummary;
import org.precertocsp.responder.cli.CredentialCheck.Finding;
import org.precertocsp.responder.cli.CredentialCheck.Severity;
import org.precertocsp.responder.cluster.ClusterConfig.Role;
import org.precertocsp.responder.cluster.ClusterKeys;
import org.precertocsp.responder.config.ConfigException;
import org.precertocsp.responder.config.ConfigProblem;
import org.precertocsp.responder.config.MemoryPlan;
import org.precertocsp.responder.config.SampleConfig;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.key.PrivateKeys;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `config`: prints a sample configuration, or checks one.
@Command(
        name = "config",
        description = "Print a sample configuration, or check one.",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true)
public final class ConfigCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private ConfigCommand() {}

    public static CommandLine of(CredentialCheck credentials) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new SampleCommand())
                .addSubcommand(new ConfigCheckCommand(credentials));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: sample or check");
    }

    /// Prints a configuration to start from.
    @Command(
            name = "sample",
            description = {
                "Print a configuration to start from: what is required is set, every other key is there"
                        + " as a comment, with its unit and its default.",
                "Files given here are named in it; then \"config check\" accepts it as it is."
            },
            versionProvider = VersionProvider.class,
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {ExitCodes.OK_HELP, ExitCodes.USAGE_HELP},
            footerHeading = "%nExample:%n",
            footer = {
                "  precert-ocsp config sample > /etc/precert-ocsp/precert-ocsp.yaml",
                "  precert-ocsp config sample --issuer ca.pem --responder ocsp.pem --key ocsp.key \\",
                "      --store /var/lib/precert-ocsp/store > precert-ocsp.yaml"
            })
    static final class SampleCommand implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Option(
                names = "--full",
                description =
                        "Every key active, with its default or an example: to be read, not to be used.")
        private boolean full;

        @Option(names = "--store", paramLabel = "DIRECTORY", description = "The store's folder.")
        private @Nullable Path store;

        @Option(names = "--issuer", paramLabel = "FILE", description = "The CA certificate.")
        private @Nullable Path issuer;

        @Option(
                names = "--responder",
                paramLabel = "FILE",
                description = "The responder certificate.")
        private @Nullable Path responder;

        @Option(names = "--key", paramLabel = "FILE", description = "Its private key in PEM.")
        private @Nullable Path key;

        @Override
        public Integer call() {
            SampleConfig.Own own =
                    new SampleConfig.Own(
                            absolute(store), absolute(issuer), absolute(responder), absolute(key));
            spec.commandLine().getOut().print(full ? SampleConfig.full() : SampleConfig.text(own));
            spec.commandLine().getOut().flush();
            return ExitCodes.OK;
        }

        /// The configuration may be written to any directory, so the paths in it are absolute.
        private static Optional<Path> absolute(@Nullable Path path) {
            return Optional.ofNullable(path).map(it -> it.toAbsolutePath().normalize());
        }
    }

    /// `config check`: prints all problems that would keep the server from starting.
    @Command(
            name = "check",
            description =
                    "Check a configuration: its keys and values, the files it names, and the signing"
                            + " keys, which are opened and compared with their certificates. Every"
                            + " problem is printed as FILE:LINE:COLUMN: KEY: PROBLEM.",
            versionProvider = VersionProvider.class,
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
    static final class ConfigCheckCommand implements Callable<Integer> {
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
                for (String warning : MemoryPlan.ofProcess(read, 0).warnings(read)) {
                    out.println(config.file() + ": " + warning);
                }
                Optional<String> clusterKey =
                        withoutKeys
                                ? Optional.empty()
                                : read.cluster().flatMap(ClusterKeys::problem);
                clusterKey.ifPresent(it -> out.println(config.file() + ": cluster.key: " + it));
                boolean refused =
                        clusterKey.isPresent()
                                || findings.stream()
                                        .anyMatch(it -> it.severity() == Severity.ERROR);
                if (!refused) {
                    out.print(new ConfigSummary(read).text(config.file()));
                }
                return refused ? ExitCodes.REFUSED : ExitCodes.OK;
            } catch (ConfigException e) {
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
                        .flatMap(it -> PrivateKeys.warnings(it.key().source()).stream())
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

        /// A summary of a valid configuration, in a few lines.
        static final class ConfigSummary {
            private final ServerConfig config;

            ConfigSummary(ServerConfig config) {
                this.config = config;
            }

            String text(Path file) throws IOException {
                List<String> lines = new ArrayList<>();
                lines.add("ok: " + file);
                lines.add("  store    " + config.store().directory());
                lines.add("  spool    " + config.spool().directory());
                lines.add("  public   " + addresses() + ", path " + config.http().path());
                lines.add(
                        "  private  "
                                + config.admin()
                                        .map(admin -> ServerLifecycle.hostAndPort(admin.listen()))
                                        .orElse("none"));
                boolean isEdge = config.cluster().filter(it -> it.role() == Role.EDGE).isPresent();
                config.cluster()
                        .ifPresent(
                                it ->
                                        lines.add(
                                                "  cluster  %s %s, brokers %s"
                                                        .formatted(
                                                                isEdge ? "edge" : "authority",
                                                                it.name(),
                                                                String.join(
                                                                        " ",
                                                                        it.kafka().bootstrap()))));
                for (Issuer issuer : config.issuers()) {
                    lines.add(
                            "  issuer   %s: profile %s, %s"
                                    .formatted(
                                            issuer.name(),
                                            issuer.profile().name(),
                                            isEdge ? "the authorities sign" : signer(issuer)));
                }
                return lines.stream()
                        .map(line -> line + System.lineSeparator())
                        .collect(Collectors.joining());
            }

            private static String signer(Issuer issuer) throws IOException {
                if (issuer.credential().isEmpty()) {
                    return "loaded but not answered for";
                }
                CredentialSource credential = issuer.credential().get();
                return credential.certificate().isPresent()
                        ? "delegate until " + end(credential.certificate().get())
                        : "the CA's own key signs, until " + end(issuer.certificates().getFirst());
            }

            private static String end(Path certificate) throws IOException {
                try {
                    return CertificateFile.readFirst(certificate)
                            .notAfter()
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString();
                } catch (InvalidCertificateException e) {
                    throw new IOException(certificate + " changed while it was read", e);
                }
            }

            private String addresses() {
                return config.http().listen().stream()
                        .map(ServerLifecycle::hostAndPort)
                        .collect(Collectors.joining(" "));
            }
        }
    }
}
