package org.precertocsp.responder.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `revoke`: ends certificates.
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = {
            "Revokes certificates on a running server. Once it says so, every answer of this"
                    + " server",
            "says revoked. A CDN, a proxy or a client may go on showing the answer it has kept,"
                    + " until",
            "its max-age is over: see http.maxAge of issuers and http.cache.purge.",
            "",
            "A date more than a day ago takes reason keyCompromise or a --comment, except for",
            "code-signing and private issuers. A revocation is never undone; `amend` changes its",
            "date or reason. A serial the server does not know is refused as mistyped, unless",
            "--unknown-serial says that it is right."
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
                    "revoke serials that nobody announced and no feed has brought; without it they"
                            + " are taken for mistyped and refused")
    private boolean unknownSerial;

    @Override
    public Integer call() {
        Map<String, Object> more = unknownSerial ? Map.of("unknownSerial", true) : Map.of();
        return options.tell(spec, "revocations", reason, more);
    }
}
