package org.precertocsp.responder.duty;

import java.time.Instant;
import org.precertocsp.ocsp.IssuerKey;

/// Remembers since when the server has answered for an issuer.
@FunctionalInterface
public interface ServiceStarts {
    /// When it first did, durably; that is now if it never did before.
    ///
    /// @param now whole seconds count
    /// @throws org.precertocsp.responder.status.StoreFailure the store could not say
    Instant firstStart(IssuerKey issuer, Instant now);
}
