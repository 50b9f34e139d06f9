package org.precertocsp.responder.cli;

import java.io.IOException;
import org.precertocsp.responder.alert.AlertAcknowledger;
import org.precertocsp.responder.config.ServerConfig;

/// Opens the alerts of a configuration, for `alerts`.
@FunctionalInterface
public interface AlertAccess {
    /// @throws IOException this user must not write to the directory of the alerts
    AlertAcknowledger of(ServerConfig config) throws IOException;
}
