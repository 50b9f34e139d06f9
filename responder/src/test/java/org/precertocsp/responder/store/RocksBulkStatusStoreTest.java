package org.precertocsp.responder.store;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StatusStoreContract;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;

/// The contract of every status store, with every set taken for a large one: spilled to disk every
/// few rows and turned into tables.
final class RocksBulkStatusStoreTest extends StatusStoreContract {
    static final StoreLimits ALL_BULK =
            new StoreLimits(1_000_000, Duration.ofMinutes(1), new BulkLimits(1, 3, 1));

    @TempDir private Path directory = Path.of("");

    @Override
    protected StatusStore open() {
        try {
            return RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20), ALL_BULK);
        } catch (StoreLockedException e) {
            throw new StoreException("a fresh store is locked", e);
        }
    }
}
