package org.precertocsp.responder.store;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StatusStoreContract;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;

/// The contract of every status store, kept on disk.
final class RocksStatusStoreTest extends StatusStoreContract {
    @TempDir private Path directory = Path.of("");

    @Override
    protected StatusStore open() {
        try {
            return RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
        } catch (StoreLockedException e) {
            throw new StoreException("a fresh store is locked", e);
        }
    }
}
