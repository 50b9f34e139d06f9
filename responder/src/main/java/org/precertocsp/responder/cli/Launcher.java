package org.precertocsp.responder.cli;

import org.precertocsp.responder.config.ServerConfig;

/// Starts responders: what `serve` and `demo` need of the rest.
@FunctionalInterface
public interface Launcher {
    /// Opens the store and the keys, lints the credentials, binds the ports and begins to answer.
    ///
    /// @param newStore take the store as it is, though the audit log recorded more than it has
    /// @throws StartRefused nothing is left running
    RunningResponder start(ServerConfig config, boolean newStore) throws StartRefused;

    /// As above, with a store that must have all that was recorded.
    ///
    /// @throws StartRefused nothing is left running
    default RunningResponder start(ServerConfig config) throws StartRefused {
        return start(config, false);
    }
}
