package org.precertocsp.responder.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `revoke`: revokes certificates.
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = {
            "Revokes certificates on a running server. Once the command succeeds, every "
                    + "answer of this server says revoked. A CDN, a proxy or a client may use the "
                    + "answer it has cached until its max-age ends: see http.maxAge of issuers and "
                    + "http.cache.purge.",
            "",
            "A date more than a day ago needs reason keyCompromise or a --comment, except for",
            "code-signing and private issuers. A revocation is never undone; `amend` changes its",
            "date or reason. A serial that the server does not know is rejected as mistyped unless "
                    + "--unknown-serial is given."
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
            "  precert-ocsp revoke --server https://127.0.0.1:8443 --cacert admin-ca.pem \\",
            "    --cert client-revoker.pem --key client-revoker.key --issuer-name demo \\",
            "    --reason superseded 5a17",
            "  precert-ocsp revoke … --reason keyCompromise --date 2026-03-01T12:00:00Z 5a17 5a18"
        })
public final class RevokeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private RevocationOptions options = new RevocationOptions();

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            required = true,
            description =
                    "as RFC 5280 names it, such as superseded or keyCompromise; or unspecified")
    private String reason = "";

    @Option(
            names = "--unknown-serial",
            description =
                    "revoke serials that were never announced or loaded; without it they are "
                            + "rejected as mistyped")
    private boolean unknownSerial;

    @Override
    public Integer call() {
        Map<String, Object> more = unknownSerial ? Map.of("unknownSerial", true) : Map.of();
        return options.send(spec, "revocations", reason, more);
    }
}
