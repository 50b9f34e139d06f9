package org.precertocsp.responder.status;

import java.time.Instant;
import org.precertocsp.ocsp.IssuerKey;

/// Stores the time since which the server has answered for an issuer.
@FunctionalInterface
public interface ServiceStartTimes {
    /// The first time, stored durably; now, if there was none before.
    ///
    /// @param now in whole seconds
    /// @throws org.precertocsp.responder.status.StoreException the store failed
    Instant firstStart(IssuerKey issuer, Instant now);
}
