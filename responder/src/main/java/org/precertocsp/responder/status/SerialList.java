package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;

/// Lists the serials in a store, page by page, so that any number of them fits into memory.
@FunctionalInterface
public interface SerialList {
    /// At most `limit` serials of an issuer, in order, after the given one; fewer are the last
    /// ones. Blocks on disk.
    ///
    /// @throws StoreException as [StatusReader#find]
    List<Serial> serials(IssuerKey issuer, Optional<Serial> after, int limit);
}
