package org.precertocsp.responder.store;

import static org.precertocsp.responder.status.TestChanges.declared;

import java.io.IOException;
import java.nio.file.Path;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;

/// Commits sets, says after each which one it was, and waits to be killed. Run by [StoreCrashTest].
public final class CommittingProcess {
    /// Large enough that a kill often falls inside a commit.
    static final int SERIALS_PER_SET = 400;

    /// Before the number of a set; other lines are logging.
    static final String ACKNOWLEDGED = "acknowledged ";

    private CommittingProcess() {}

    /// @param arguments the store's directory, the number of the first set, and how many sets
    public static void main(String[] arguments) throws StoreLockedException, IOException {
        int first = Integer.parseInt(arguments[1]);
        int sets = Integer.parseInt(arguments[2]);
        try (RocksStore store = RocksStore.open(new StoreConfig(Path.of(arguments[0]), 8 << 20))) {
            for (int number = first; number < first + sets; number++) {
                try (ChangeSet set = store.begin(TestChanges.source("set " + number))) {
                    for (int i = 0; i < SERIALS_PER_SET; i++) {
                        set.apply(declared(serial(number, i)));
                    }
                    set.commit();
                }
                System.out.println(ACKNOWLEDGED + number);
                System.out.flush();
            }
            System.in.read();
        }
    }

    static SerialKey serial(int set, int index) {
        // Spread, so that one set touches many places of the table.
        return TestChanges.key((index * 0x9E3779B97F4A7C15L) ^ set);
    }
}
