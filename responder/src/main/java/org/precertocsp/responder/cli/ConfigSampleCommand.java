package org.precertocsp.responder.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.config.ConfigSample;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Prints a configuration to start from.
@Command(
        name = "sample",
        description = {
            "Print a configuration to start from: what is required is set, every other key is there"
                    + " as a comment, with its unit and its default.",
            "Files given here are named in it; then \"config check\" accepts it as it is."
        },
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {ExitCodes.OK_HELP, ExitCodes.USAGE_HELP},
        footerHeading = "%nExample:%n",
        footer = {
            "  precert-ocsp config sample > /etc/precert-ocsp/precert-ocsp.yaml",
            "  precert-ocsp config sample --issuer ca.pem --responder ocsp.pem --key ocsp.key \\",
            "      --store /var/lib/precert-ocsp/store > precert-ocsp.yaml"
        })
final class ConfigSampleCommand implements Callable<Integer> {
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

    @Option(names = "--responder", paramLabel = "FILE", description = "The responder certificate.")
    private @Nullable Path responder;

    @Option(names = "--key", paramLabel = "FILE", description = "Its private key in PEM.")
    private @Nullable Path key;

    @Override
    public Integer call() {
        ConfigSample.Own own =
                new ConfigSample.Own(
                        absolute(store), absolute(issuer), absolute(responder), absolute(key));
        spec.commandLine().getOut().print(full ? ConfigSample.full() : ConfigSample.text(own));
        spec.commandLine().getOut().flush();
        return ExitCodes.OK;
    }

    /// The file may be written anywhere, so what it names is named from the root.
    private static Optional<Path> absolute(@Nullable Path path) {
        return Optional.ofNullable(path).map(it -> it.toAbsolutePath().normalize());
    }
}
