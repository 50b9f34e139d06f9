package org.precertocsp.responder.admin;

import java.net.InetSocketAddress;
import java.util.Optional;

/// The private ports.
///
/// @param listen for probes and metrics, in plain HTTP, since load balancers have no certificates;
///   must not be reachable by the public
/// @param signing which keys must sign for the server to be ready
/// @param api on a port of its own
public record AdminConfig(
        InetSocketAddress listen, SigningReadiness signing, Optional<ApiConfig> api) {
    /// How readiness depends on keys. Responses signed before are served without them.
    public enum SigningReadiness {
        /// Not ready while any key does not sign.
        ALL,
        /// Ready while at least one key signs.
        ANY,
        /// Ready independently of the keys.
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
