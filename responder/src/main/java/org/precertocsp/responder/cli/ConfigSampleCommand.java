package org.precertocsp.responder.cli;

import java.util.concurrent.Callable;
import org.precertocsp.responder.config.ConfigSample;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints the sample configuration.
@Command(
        name = "sample",
        description = "Print a configuration with every key explained, its unit and its default.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {ExitCodes.OK_HELP, ExitCodes.USAGE_HELP},
        footerHeading = "%nExample:%n",
        footer = "  precert-ocsp config sample > /etc/precert-ocsp/precert-ocsp.yaml")
final class ConfigSampleCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(ConfigSample.text());
        spec.commandLine().getOut().flush();
        return ExitCodes.OK;
    }
}
