package org.precertocsp.responder.cli;

import org.precertocsp.responder.config.ServerConfig;

/// Starts responders: what `serve` and `demo` need of the rest.
@FunctionalInterface
public interface Launcher {
    /// Opens the store and the keys, lints the credentials, binds the ports and begins to answer.
    ///
    /// @throws StartRefused nothing is left running
    RunningResponder start(ServerConfig config) throws StartRefused;
}
