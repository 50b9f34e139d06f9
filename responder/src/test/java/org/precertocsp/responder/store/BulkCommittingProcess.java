package org.precertocsp.responder.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.precertocsp.responder.status.StoreLockedException;

/// As [CommittingProcess], with sets that all become tables. Run by [BulkCrashTest].
public final class BulkCommittingProcess {
    /// Three runs on disk to each set, and two in the last family.
    static final StoreLimits LIMITS =
            new StoreLimits(1_000_000, Duration.ofMinutes(1), new BulkLimits(1, 600, 100));

    static final int ONLY_OPEN = -1;

    private static final String OPENING = "opening";

    private BulkCommittingProcess() {}

    /// @param arguments the store's directory, and the number of the first set or [#ONLY_OPEN]
    public static void main(String[] arguments) throws StoreLockedException, IOException {
        int first = Integer.parseInt(arguments[1]);
        say(OPENING);
        try (RocksStore store =
                RocksStore.open(new StoreConfig(Path.of(arguments[0]), 8 << 20), LIMITS)) {
            while (first == ONLY_OPEN) {
                System.in.read();
            }
            for (int set = first; ; set++) {
                LargeSets.load(store, set);
                say(CommittingProcess.ACKNOWLEDGED + set);
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
