package org.precertocsp.responder.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Which serials of which issuer a running server is told something of.
final class ToldSerials {
    @Mixin private ServerOption server = new ServerOption();

    @Option(
            names = "--issuer-name",
            paramLabel = "NAME",
            required = true,
            description = "the issuer, as the server's configuration calls it")
    private String issuer = "";

    @Option(names = "--json", description = "print the server's replies, one a line")
    private boolean json;

    @Parameters(arity = "1..*", paramLabel = "SERIAL", description = "hexadecimal")
    private List<String> serials = List.of();

    /// @param fields what is said beside issuer and serial
    /// @return the exit code
    int tell(CommandSpec spec, String facts, Map<String, Object> fields) {
        Map<String, Object> all = new HashMap<>(fields);
        all.put("issuer", issuer);
        return new Telling(spec.commandLine().getOut(), spec.commandLine().getErr(), json)
                .tell(server, facts, all, serials);
    }
}
