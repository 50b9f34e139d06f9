package org.precertocsp.responder.status;

import java.util.function.Consumer;
import org.precertocsp.ocsp.IssuerKey;

/// Reads the serials that appeared in Certificate Transparency logs first. Thread-safe; may block
/// on disk.
@FunctionalInterface
public interface CtObservationReader {
    /// Passes the serials of an issuer that appeared in a log first, in any state, in the order of
    /// their bytes.
    ///
    /// @throws StoreException the store could not be read
    void sightings(IssuerKey issuer, Consumer<CtObservation> each);
}
