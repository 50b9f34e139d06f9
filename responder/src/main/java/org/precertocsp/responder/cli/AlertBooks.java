package org.precertocsp.responder.cli;

import org.precertocsp.responder.alert.desk.Acknowledging;
import org.precertocsp.responder.config.ServerConfig;

/// The alerts of a configuration: what `alerts` needs of the rest.
@FunctionalInterface
public interface AlertBooks {
    Acknowledging of(ServerConfig config);
}
