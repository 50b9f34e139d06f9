package org.precertocsp.responder.cli;

import java.util.Set;
import org.precertocsp.responder.config.ServerConfig;

/// Starts servers, for `serve` and `demo`.
@FunctionalInterface
public interface ServerLauncher {
    /// Opens the store and the keys, lints the credentials, binds the ports and starts to answer.
    ///
    /// @param accepted states that the operator accepts
    /// @throws StartupException nothing is left running
    RunningServer start(ServerConfig config, Set<Accepted> accepted) throws StartupException;

    /// As above, accepting only the state that earlier runs left.
    ///
    /// @throws StartupException nothing is left running
    default RunningServer start(ServerConfig config) throws StartupException {
        return start(config, Set.of());
    }

    /// A state that contradicts earlier runs, accepted by the operator.
    enum Accepted {
        /// A store that lacks changes that the audit log recorded.
        NEW_STORE,
        /// A clock that is behind times signed or recorded.
        CLOCK
    }
}
