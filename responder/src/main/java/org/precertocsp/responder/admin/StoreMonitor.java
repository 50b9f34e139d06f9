package org.precertocsp.responder.admin;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
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
    /// @throws StoreLockedException another process has it open
    /// @throws StoreException it cannot be opened
    public static RocksStore open(
            StoreConfig config, BackgroundTasks tasks, Supplier<Optional<String>> full, Alarm alarm)
            throws StoreLockedException {
        try {
            RocksStore store = RocksStore.open(config, tasks, full);
            alarm.end(Incident.Kind.STORE_FAILED, STORE);
            return store;
        } catch (StoreException e) {
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
            RocksStore store, Alarm alarm, BackgroundTasks tasks) {
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
                        + ". Revocations, certificates and all other changes are rejected; what was"
                        + " acknowledged is still answered. Check the disk: df, dmesg. The server"
                        + " tries again every %d s.".formatted(RECOVER_EVERY.toSeconds()));
    }
}
