package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.config.ConfigRefused;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.responder.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `key inspect`: opens the signing keys and prints their properties.
@Command(
        name = "inspect",
        description =
                "Open each issuer's signing key and print what it is: kind, size, signature, the"
                        + " provider that computes, hashes of the public key, and when its"
                        + " certificate ends. The key signs a short text once, to prove that it works; nothing "
                        + "secret is printed.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every key opens and matches its certificate",
            "1:a key does not open, or does not match",
            ExitCodes.USAGE_HELP,
            "3:the configuration cannot be read"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp key inspect -c precert-ocsp.yaml",
            "  precert-ocsp key inspect -c precert-ocsp.yaml --issuer example-tls --json"
        })
final class KeyInspectCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--issuer", paramLabel = "NAME", description = "Only the key of this issuer.")
    private @Nullable String issuer;

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    private final KeyInspection keys;

    KeyInspectCommand(KeyInspection keys) {
        this.keys = keys;
    }

    @Override
    public Integer call() throws IOException, ConfigRefused {
        List<KeySheet> reports =
                wanted(config.read().issuers()).stream().map(it -> KeySheet.of(it, keys)).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.indented(reports.stream().map(KeySheet::facts).toList()));
        } else {
            reports.forEach(report -> out.print(report.text()));
        }
        out.flush();
        return reports.stream().anyMatch(KeySheet::failed) ? ExitCodes.REFUSED : ExitCodes.OK;
    }

    private List<Issuer> wanted(List<Issuer> issuers) {
        List<Issuer> wanted =
                issuers.stream()
                        .filter(
                                it ->
                                        Optional.ofNullable(issuer)
                                                .orElse(it.name())
                                                .equals(it.name()))
                        .toList();
        if (wanted.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no issuer is named %s; there are: %s"
                            .formatted(
                                    issuer,
                                    issuers.stream()
                                            .map(Issuer::name)
                                            .collect(Collectors.joining(", "))));
        }
        return wanted;
    }
}
