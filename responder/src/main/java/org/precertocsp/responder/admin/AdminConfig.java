package org.precertocsp.responder.admin;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.precertocsp.responder.admin.api.ApiConfig;

/// What is not for the public.
///
/// @param listen for probes and metrics, in plain HTTP: load balancers have no certificates. Never
///   an address the public reaches
/// @param api on a port of its own
public record AdminConfig(InetSocketAddress listen, Optional<ApiConfig> api) {
    /// Probes and metrics only.
    public AdminConfig(InetSocketAddress listen) {
        this(listen, Optional.empty());
    }
}
