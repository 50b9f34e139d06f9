package org.precertocsp.responder.cli;

import java.io.IOException;
import org.precertocsp.responder.alert.desk.Acknowledging;
import org.precertocsp.responder.config.ServerConfig;

/// Opens the alerts of a configuration, for `alerts`.
@FunctionalInterface
public interface AlertBooks {
    /// @throws IOException this user must not write there
    Acknowledging of(ServerConfig config) throws IOException;
}
