package org.precertocsp.responder.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.precertocsp.responder.config.ConfigRefused;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `serve`: answers until told to stop.
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Answers OCSP requests until SIGTERM or SIGINT; SIGHUP takes up new keys and certificates.",
            "",
            "Prints `ready http://ADDRESS` once it answers. Refuses to start with a credential that the",
            "issuer's profile forbids, and says every reason at once."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped as asked",
            "1:the configuration or a credential is refused",
            ExitCodes.USAGE_HELP,
            ExitCodes.CANNOT_HELP
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp serve -c /etc/precert-ocsp/precert-ocsp.yaml",
            "  kill -HUP $(pidof java)   # after a new responder certificate has been put in place"
        })
public final class ServeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    private final Launcher launcher;

    public ServeCommand(Launcher launcher) {
        this.launcher = launcher;
    }

    @Override
    public Integer call() throws IOException, ConfigRefused, StartRefused, InterruptedException {
        Serving.untilStopped(launcher.start(config.read()), spec.commandLine().getOut());
        return ExitCodes.OK;
    }
}
