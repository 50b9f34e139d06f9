package org.precertocsp.responder.admin;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.precertocsp.responder.admin.api.ApiConfig;

/// What is not for the public.
///
/// @param listen for probes and metrics, in plain HTTP: load balancers have no certificates. Never
///   an address the public reaches
/// @param signing which keys must sign for the server to be ready
/// @param api on a port of its own
public record AdminConfig(
        InetSocketAddress listen, SigningReadiness signing, Optional<ApiConfig> api) {
    /// What readiness demands of keys. Answers signed before are served without them.
    public enum SigningReadiness {
        /// Not ready while any key does not sign.
        ALL,
        /// Ready while at least one key signs.
        ANY,
        /// Ready whatever the keys do.
        IGNORE
    }

    /// Not ready while any key does not sign.
    public AdminConfig(InetSocketAddress listen, Optional<ApiConfig> api) {
        this(listen, SigningReadiness.ALL, api);
    }

    /// Probes and metrics only.
    public AdminConfig(InetSocketAddress listen) {
        this(listen, Optional.empty());
    }
}
