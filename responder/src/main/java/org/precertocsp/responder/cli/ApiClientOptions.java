package org.precertocsp.responder.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.admin.ApiClient;
import org.precertocsp.responder.admin.ClientTls;
import org.precertocsp.responder.admin.TlsConfigException;
import picocli.CommandLine.Option;

/// `--server` and the client certificate, for commands that use the private API.
final class ApiClientOptions {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "the server's private API, such as https://127.0.0.1:8443")
    private @Nullable URI server;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "your client certificate, PEM, followed by its chain")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "its private key, PEM")
    private @Nullable Path key;

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "CA of the server's certificate (default: those Java trusts)")
    private @Nullable Path authority;

    boolean given() {
        return server != null;
    }

    /// @throws CommandException the options do not name a usable server; the message has the remedy
    ApiClient open() throws CommandException {
        if (server == null) {
            throw new CommandException("name the server's private API with --server URL");
        }
        boolean plain = "http".equals(server.getScheme());
        if (!plain && !"https".equals(server.getScheme())) {
            throw new CommandException("--server takes a URL such as https://127.0.0.1:8443");
        }
        try {
            return ApiClient.of(server, plain ? Optional.empty() : Optional.of(tls()));
        } catch (TlsConfigException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    private ClientTls tls() throws CommandException {
        if (certificate == null || key == null) {
            throw new CommandException(
                    "the private API requires a client certificate: --cert and --key");
        }
        return new ClientTls(Optional.ofNullable(authority), certificate, key);
    }
}
