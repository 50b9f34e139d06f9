package org.precertocsp.responder.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What `revoke` and `amend` have in common.
final class RevocationOptions {
    @Mixin private ServerOption server = new ServerOption();

    @Option(
            names = "--issuer-name",
            paramLabel = "NAME",
            required = true,
            description = "the issuer, as the server's configuration calls it")
    private String issuer = "";

    @Option(
            names = "--date",
            paramLabel = "TIME",
            description = "the revocation date, such as 2026-03-01T12:00:00Z")
    private @Nullable String date;

    @Option(
            names = "--invalidity-date",
            paramLabel = "TIME",
            description = "since when the key is suspected")
    private @Nullable String invalidityDate;

    @Option(
            names = "--comment",
            paramLabel = "TEXT",
            description = "kept in the history: who asked for it, and why")
    private @Nullable String comment;

    @Option(names = "--json", description = "print the server's replies, one a line")
    private boolean json;

    @Parameters(arity = "1..*", paramLabel = "SERIAL", description = "hexadecimal")
    private List<String> serials = List.of();

    int tell(CommandSpec spec, String facts, @Nullable String reason) {
        Map<String, String> fields = new HashMap<>(Map.of("issuer", issuer));
        put(fields, "reason", reason);
        put(fields, "date", date);
        put(fields, "invalidityDate", invalidityDate);
        put(fields, "comment", comment);
        return new Telling(spec.commandLine().getOut(), spec.commandLine().getErr(), json)
                .tell(server, facts, fields, serials);
    }

    private static void put(Map<String, String> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
