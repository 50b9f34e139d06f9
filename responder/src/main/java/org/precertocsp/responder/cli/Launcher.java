package org.precertocsp.responder.cli;

import java.util.Set;
import org.precertocsp.responder.config.ServerConfig;

/// Starts servers, for `serve` and `demo`.
@FunctionalInterface
public interface Launcher {
    /// Opens the store and the keys, lints the credentials, binds the ports and begins to answer.
    ///
    /// @param accepted states that an operator takes responsibility for
    /// @throws StartRefused nothing is left running
    RunningResponder start(ServerConfig config, Set<Accepted> accepted) throws StartRefused;

    /// As above, with nothing but what earlier runs left.
    ///
    /// @throws StartRefused nothing is left running
    default RunningResponder start(ServerConfig config) throws StartRefused {
        return start(config, Set.of());
    }

    /// A state that earlier runs contradict, accepted by the operator.
    enum Accepted {
        /// A store that has less than the audit log recorded.
        NEW_STORE,
        /// A clock that is behind times signed or recorded.
        CLOCK
    }
}
