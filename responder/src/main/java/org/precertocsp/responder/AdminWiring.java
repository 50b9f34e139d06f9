package org.precertocsp.responder;

import java.io.IOException;
import java.util.Optional;
import org.precertocsp.responder.admin.AdminConfig;
import org.precertocsp.responder.admin.api.ApiConfig;
import org.precertocsp.responder.admin.api.ApiServer;
import org.precertocsp.responder.admin.api.Parts;
import org.precertocsp.responder.admin.tls.TlsRefused;
import org.precertocsp.responder.cli.StartRefused;

/// [Wiring]'s part for the private API.
final class AdminWiring {
    private final Optional<ApiConfig> config;

    AdminWiring(Optional<AdminConfig> config) {
        this.config = config.flatMap(AdminConfig::api);
    }

    /// Serves the API where the configuration has one.
    ///
    /// @return what is to be done on SIGHUP
    Runnable start(Parts parts, Started started) throws IOException, StartRefused {
        if (config.isEmpty()) {
            return () -> {};
        }
        try {
            ApiServer server = started.closeLater(ApiServer.start(config.get(), parts));
            return server::reload;
        } catch (TlsRefused e) {
            throw new StartRefused(String.valueOf(e.getMessage()), null);
        }
    }
}
