package org.precertocsp.responder.status;

import java.util.function.Consumer;
import org.precertocsp.ocsp.IssuerKey;

/// Reads what Certificate Transparency logs were first to bring. Thread-safe; may block on disk.
@FunctionalInterface
public interface CtObservationReader {
    /// Passes the serials of an issuer that a log was first to bring, whatever has become of them,
    /// in the order of their bytes.
    ///
    /// @throws StoreException the store could not say
    void sightings(IssuerKey issuer, Consumer<CtObservation> each);
}
