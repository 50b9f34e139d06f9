package org.precertocsp.responder.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `announce`: announces serials chosen for precertificates that are not yet signed.
@Command(
        name = "announce",
        mixinStandardHelpOptions = true,
        description = {
            "Announces serials to a running server, before their precertificates are signed.",
            "",
            "From then on clients receive tryLater for these serials. Submit the "
                    + "precertificate next, or cancel: a serial with neither raises an alert after some"
                    + " minutes."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            ExitCodes.OK_HELP,
            ExitCodes.REFUSED_HELP,
            ExitCodes.USAGE_HELP,
            ExitCodes.CANNOT_HELP
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  precert-ocsp announce --server https://127.0.0.1:8443 --cacert admin-ca.pem \\",
            "    --cert client-issuer.pem --key client-issuer.key --issuer-name demo 5a17",
            "  precert-ocsp announce … --issuer-name demo --cancel 5a17   # no precertificate was"
                    + " signed"
        })
public final class AnnounceCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private SerialOptions serials = new SerialOptions();

    @Option(names = "--cancel", description = "cancel announcements")
    private boolean cancel;

    @Option(names = "--comment", paramLabel = "TEXT", description = "kept in the history")
    private @Nullable String comment;

    @Override
    public Integer call() {
        return serials.send(
                spec,
                cancel ? "cancellations" : "announcements",
                comment == null ? Map.of() : Map.of("comment", comment));
    }
}
