package org.precertocsp.responder.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `amend`: changes the date or the reason of a revocation.
@Command(
        name = "amend",
        mixinStandardHelpOptions = true,
        description = {
            "Amends the date, reason or invalidity date of revocations on a running server.",
            "",
            "Options left out keep their values. The history keeps the earlier values."
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
            "  precert-ocsp amend --server https://127.0.0.1:8443 --cacert admin-ca.pem \\",
            "    --cert client-revoker.pem --key client-revoker.key --issuer-name demo \\",
            "    --reason keyCompromise --date 2026-03-01T12:00:00Z 5a17"
        })
public final class AmendCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private RevocationOptions options = new RevocationOptions();

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description = "as RFC 5280 names it, such as keyCompromise")
    private @Nullable String reason;

    @Override
    public Integer call() {
        return options.send(spec, "amendments", reason);
    }
}
