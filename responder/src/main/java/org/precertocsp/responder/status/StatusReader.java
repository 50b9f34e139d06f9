package org.precertocsp.responder.status;

import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;

/// Reads status. Thread-safe; may block on disk, except as stated.
public interface StatusReader {
    /// The record of a serial; empty means unassigned.
    ///
    /// @throws StoreException the store could not be read; must never be treated as unassigned
    ///   (invariant 3)
    Optional<StatusRecord> find(SerialKey key);

    /// The records of many serials, in their order, read together: in less time than one by one.
    ///
    /// @throws StoreException as [#find], if any of them could not be read
    default List<Optional<StatusRecord>> findAll(List<SerialKey> keys) {
        return keys.stream().map(this::find).toList();
    }

    /// @throws StoreException as [#find]
    StatusDetails dossier(SerialKey key);

    /// True if memory alone shows that the serial has no record; false means that only [#find] can
    /// tell. Never blocks, for event loops.
    ///
    /// @param source contains the serial's DER content bytes at `offset`, `length` of them
    /// @throws StoreException as [#find]
    default boolean isSurelyUnassigned(IssuerKey issuer, byte[] source, int offset, int length) {
        return false;
    }
}
