package org.precertocsp.responder.cli;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// The options that `revoke` and `amend` share.
final class RevocationOptions {
    @Mixin private SerialOptions serials = new SerialOptions();

    @Option(
            names = "--date",
            paramLabel = "TIME",
            description = "the revocation date, such as 2026-03-01T12:00:00Z")
    private @Nullable String date;

    @Option(
            names = "--invalidity-date",
            paramLabel = "TIME",
            description = "since when the key may be compromised")
    private @Nullable String invalidityDate;

    @Option(
            names = "--comment",
            paramLabel = "TEXT",
            description = "kept in the history: who requested it, and why")
    private @Nullable String comment;

    int send(CommandSpec spec, String resource, @Nullable String reason) {
        return send(spec, resource, reason, Map.of());
    }

    /// @param more additional fields
    int send(CommandSpec spec, String resource, @Nullable String reason, Map<String, Object> more) {
        Map<String, Object> fields = new HashMap<>(more);
        put(fields, "reason", reason);
        put(fields, "date", date);
        put(fields, "invalidityDate", invalidityDate);
        put(fields, "comment", comment);
        return serials.send(spec, resource, fields);
    }

    private static void put(Map<String, Object> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
