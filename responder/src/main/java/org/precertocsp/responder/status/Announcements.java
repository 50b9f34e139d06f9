package org.precertocsp.responder.status;

import java.time.Instant;
import java.util.List;
import org.precertocsp.ocsp.IssuerKey;

/// Finds serials that are announced and neither assigned nor cancelled, without reading all others.
/// Thread-safe; may block on disk.
@FunctionalInterface
public interface Announcements {
    /// @param at whole seconds UTC
    record Open(SerialKey key, Instant at) {}

    /// Those of an issuer announced before `until`, oldest first, at most `limit`.
    ///
    /// @throws StoreException the store could not be read
    List<Open> open(IssuerKey issuer, Instant until, int limit);
}
