package org.precertocsp.responder.answer;

import java.util.List;
import java.util.Optional;

/// Signed responses on disk. Thread-safe.
public interface ResponseStore {
    /// May block on disk.
    ///
    /// @throws org.precertocsp.responder.status.StoreException the store could not be read
    Optional<StoredResponse> find(ResponseKey key);

    /// Many responses, in the order of their keys, read together: in less time than one by one. May
    /// block on disk.
    ///
    /// @throws org.precertocsp.responder.status.StoreException as [#find], if any of them could not
    ///   be read
    default List<Optional<StoredResponse>> findAll(List<ResponseKey> keys) {
        return keys.stream().map(this::find).toList();
    }

    /// Writes the response soon, together with others. Never blocks: if too many wait it is
    /// dropped, which only costs a signature later.
    void keep(StoredResponse response);

    /// Stores nothing.
    ResponseStore NONE =
            new ResponseStore() {
                @Override
                public Optional<StoredResponse> find(ResponseKey key) {
                    return Optional.empty();
                }

                @Override
                public void keep(StoredResponse response) {}
            };
}
