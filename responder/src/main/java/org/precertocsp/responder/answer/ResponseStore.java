package org.precertocsp.responder.answer;

import java.util.Optional;

/// Signed responses on disk. Thread-safe.
public interface ResponseStore {
    /// May block on disk.
    ///
    /// @throws org.precertocsp.responder.status.StoreException the store could not say
    Optional<StoredResponse> find(ResponseKey key);

    /// Writes the response soon, in company of others. Never blocks: where too many wait it is
    /// forgotten, which costs a signature later and nothing else.
    void keep(StoredResponse response);

    /// Keeps nothing.
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
