package org.precertocsp.responder.admin.watch;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.StoreLocked;
import org.precertocsp.responder.task.BackgroundTasks;

/// Raises an alert when the status store cannot be opened or written, and ends it when it can.
public final class StoreMonitor {
    private static final String STORE = "status store";
    private static final String WRITES = STORE + " writes";
    private static final Duration RECOVER_EVERY = Duration.ofSeconds(5);

    private StoreMonitor() {}

    /// Opens the store of a server.
    ///
    /// @param full why the volume has no room for more, or empty
    /// @throws StoreLocked another process has it open
    /// @throws StoreFailure it cannot be opened
    public static RocksStores open(
            RocksConfig config, BackgroundTasks tasks, Supplier<Optional<String>> full, Alarm alarm)
            throws StoreLocked {
        try {
            RocksStores store = RocksStores.open(config, tasks, full);
            alarm.end(Incident.Kind.STORE_FAILED, STORE);
            return store;
        } catch (StoreFailure e) {
            alarm.raise(
                    new Incident(
                            Incident.Kind.STORE_FAILED,
                            STORE,
                            "the server does not start: " + e.getMessage()));
            throw e;
        }
    }

    /// Raises an alert at the first write that fails, and tries every few seconds to write again.
    public static BackgroundTasks.Task watchWrites(
            RocksStores store, Alarm alarm, BackgroundTasks tasks) {
        store.watchWrites(
                problem ->
                        problem.ifPresentOrElse(
                                why -> alarm.raise(failed(why)),
                                () -> alarm.end(Incident.Kind.STORE_FAILED, WRITES)));
        return tasks.every("store-recovery", RECOVER_EVERY, store::recover);
    }

    private static Incident failed(String why) {
        return new Incident(
                Incident.Kind.STORE_FAILED,
                WRITES,
                why
                        + ". Revocations, certificates and all other changes are refused; what was"
                        + " acknowledged is still answered. Check the disk: df, dmesg. The server"
                        + " tries again every %d s.".formatted(RECOVER_EVERY.toSeconds()));
    }
}
