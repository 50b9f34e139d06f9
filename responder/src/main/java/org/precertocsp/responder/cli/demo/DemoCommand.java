package org.precertocsp.responder.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.cli.Launcher;
import org.precertocsp.responder.cli.Serving;
import org.precertocsp.responder.cli.StartRefused;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ConfigRefused;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.responder.logging.Logging;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `demo`: shows the responder at work in one command, with a CA created for it.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Demonstrates the responder with a CA created for it.",
            "",
            "Creates a temporary CA, loads an issued certificate, a precertificate whose "
                    + "certificate was never issued, one signed by a Precertificate Signing Certificate"
                    + " and a revoked one with the real commands, and answers for them on 127.0.0.1 "
                    + "until SIGTERM or Ctrl-C.",
            "",
            "Prints commands to paste, then `ready http://127.0.0.1:PORT`."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp demo",
            "  precert-ocsp demo --port 9080 --dir /tmp/demo   # keeps its state there",
            "  precert-ocsp demo --admin                       # with API and console on port 8443",
            "  precert-ocsp demo --admin-plain                 # the same without certificates"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int OK = 0;
    private static final List<String> CERTIFICATES =
            List.of("issued.pem", "precertificate.pem", "psc-precertificate.pem", "revoked.pem");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port of the OCSP endpoint (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Directory for all files (default: a new temporary one). A directory that"
                            + " already holds a demonstration is used again.")
    private @Nullable Path directory;

    @Option(
            names = "--admin",
            description =
                    "Serve the private API and its console too, with a certificate authority and a"
                            + " client certificate for each role made for them.")
    private boolean admin;

    @Option(
            names = "--admin-plain",
            description =
                    "As --admin, in plain HTTP and without certificates: every local user is an operator.")
    private boolean adminPlain;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "8443",
            description = "Port of the private API (default: ${DEFAULT-VALUE}).")
    private int adminPort;

    private final Launcher launcher;
    private final InstantSource clock;

    public DemoCommand(Launcher launcher, InstantSource clock) {
        this.launcher = launcher;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException, ConfigRefused, StartRefused, InterruptedException {
        DemoFiles files = folder();
        String url = "http://127.0.0.1:" + port;
        if (!Files.exists(files.in("issuer.pem"))) {
            new DemoPki(files, url, clock.instant()).create();
        }
        DemoAdmin api = new DemoAdmin(files, adminPort);
        if (admin) {
            api.create(clock.instant());
        }
        DemoConfiguration.write(files, port, adminSection(api));
        int loaded = load(files);
        if (loaded != OK) {
            return loaded;
        }
        DemoStory.print(spec.commandLine().getOut(), files, url);
        if (adminPlain) {
            api.printPlain(spec.commandLine().getOut());
        } else if (admin) {
            api.print(spec.commandLine().getOut());
        }
        ServerConfig config = ConfigReader.read(files.configuration());
        Logging.apply(config.logging());
        Serving.untilStopped(launcher.start(config), spec.commandLine().getOut());
        return OK;
    }

    private String adminSection(DemoAdmin api) {
        if (adminPlain) {
            return api.plainConfiguration();
        }
        return admin ? api.configuration() : "";
    }

    private DemoFiles folder() throws IOException {
        Path folder =
                directory == null
                        ? Files.createTempDirectory("precert-ocsp-demo-")
                        : Files.createDirectories(directory);
        return new DemoFiles(folder.toAbsolutePath().normalize());
    }

    /// Runs the very commands an operator would.
    private int load(DemoFiles files) {
        int certificates = loading("certificates", files, CERTIFICATES);
        return certificates == OK
                ? loading("crl", files, List.of("revocations.crl"))
                : certificates;
    }

    private int loading(String kind, DemoFiles files, List<String> names) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of(kind, "-c", files.configuration().toString()));
        names.forEach(name -> arguments.add(files.in(name).toString()));
        CommandLine load = Objects.requireNonNull(spec.parent().subcommands().get("load"), "load");
        return load.execute(arguments.toArray(String[]::new));
    }
}
