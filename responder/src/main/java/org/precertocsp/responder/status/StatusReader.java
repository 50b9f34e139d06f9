package org.precertocsp.responder.status;

import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;

/// Reads status. Thread-safe; may block on disk, except where said.
public interface StatusReader {
    /// What is recorded; empty means unassigned.
    ///
    /// @throws StoreException the store could not say; never to be taken for unassigned (invariant
    ///   3)
    Optional<StatusRecord> find(SerialKey key);

    /// @throws StoreException as [#find]
    StatusDetails dossier(SerialKey key);

    /// True if nothing is recorded of the serial and that can be told from memory alone; false
    /// means that only [#find] can tell. Never blocks, for event loops.
    ///
    /// @param source holds the serial's DER content bytes at `offset`, `length` of them
    /// @throws StoreException as [#find]
    default boolean isSurelyUnassigned(IssuerKey issuer, byte[] source, int offset, int length) {
        return false;
    }
}
