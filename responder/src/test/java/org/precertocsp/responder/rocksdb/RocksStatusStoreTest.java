package org.precertocsp.responder.rocksdb;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StatusStoreContract;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;

/// The contract of every status store, kept on disk.
final class RocksStatusStoreTest extends StatusStoreContract {
    @TempDir private Path directory = Path.of("");

    @Override
    protected StatusStore open() {
        try {
            return RocksStores.open(new RocksConfig(directory.resolve("store"), 8 << 20));
        } catch (StoreLocked e) {
            throw new StoreFailure("a fresh store is locked", e);
        }
    }
}
