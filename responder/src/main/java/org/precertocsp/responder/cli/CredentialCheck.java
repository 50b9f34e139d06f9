package org.precertocsp.responder.cli;

import java.util.List;
import org.precertocsp.responder.config.ServerConfig;

/// Opens every credential of a configuration, checks it against the rules, and closes it again.
@FunctionalInterface
public interface CredentialCheck {
    /// Blocks while keys and tokens are opened. A key that cannot be opened is a finding too.
    List<Finding> check(ServerConfig config);

    /// @param issuer its name in the configuration
    /// @param message names the rule, as `RC-05`, and the remedy
    record Finding(String issuer, Severity severity, String message) {}

    enum Severity {
        /// The server would not start.
        ERROR,
        WARNING
    }
}
