package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestJvm;
import org.precertocsp.responder.status.StoreLockedException;

/// Kills a real process with SIGKILL while it commits. It proves what a dead process leaves; a dead
/// machine is the matter of the sync RocksDB is told to make.
final class StoreCrashTest {
    private static final int KILLS = 5;

    @TempDir private Path directory = Path.of("");

    @Test
    @Timeout(300)
    @Requirement("SA-11")
    void acknowledged_sets_survive_kill_and_every_set_is_whole_or_absent()
            throws IOException, InterruptedException, StoreLockedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int next = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int acknowledged = killAfter(next, 1 + random.nextInt(30), random.nextInt(3_000));
            next = checked(acknowledged, "seed " + seed);
        }
        assertThat(next).isGreaterThan(KILLS);
    }

    /// Returns the last set acknowledged before the kill.
    private int killAfter(int first, int sets, int micros)
            throws IOException, InterruptedException {
        Process process = start(first, 10_000);
        int last = first - 1;
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (int i = 0; i < sets; i++) {
                last = nextAcknowledged(output).orElseThrow();
            }
            // Not to await anything: it moves the kill to some point inside a commit.
            TimeUnit.MICROSECONDS.sleep(micros);
            // The handle, since the process itself would close its output unread.
            process.toHandle().destroyForcibly();
            for (OptionalInt more = nextAcknowledged(output);
                    more.isPresent();
                    more = nextAcknowledged(output)) {
                last = more.getAsInt();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return last;
    }

    static OptionalInt nextAcknowledged(BufferedReader output) throws IOException {
        String line;
        while ((line = output.readLine()) != null) {
            if (line.startsWith(CommittingProcess.ACKNOWLEDGED)) {
                return OptionalInt.of(
                        Integer.parseInt(line.substring(CommittingProcess.ACKNOWLEDGED.length())));
            }
        }
        return OptionalInt.empty();
    }

    private Process start(int first, int sets) throws IOException {
        return TestJvm.of(
                        CommittingProcess.class,
                        directory.toString(),
                        Integer.toString(first),
                        Integer.toString(sets))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /// Returns the first set that is not there.
    private int checked(int acknowledged, String seed) throws StoreLockedException {
        try (RocksStore store = RocksStore.open(new StoreConfig(directory, 8 << 20))) {
            int set = 0;
            while (present(store, set) == CommittingProcess.SERIALS_PER_SET) {
                assertThat(store.dossier(CommittingProcess.serial(set, 0)).evidence()).hasSize(1);
                set++;
            }
            assertThat(set).as("sets present, %s", seed).isGreaterThan(acknowledged);
            assertThat(present(store, set)).as("of an unacknowledged set, %s", seed).isZero();
            return set;
        }
    }

    private static int present(RocksStore store, int set) {
        int present = 0;
        for (int i = 0; i < CommittingProcess.SERIALS_PER_SET; i++) {
            if (store.find(CommittingProcess.serial(set, i)).isPresent()) {
                present++;
            }
        }
        return present;
    }

    @Test
    @Timeout(300)
    void another_process_finds_the_store_locked_but_reads_it()
            throws IOException, InterruptedException {
        Process process = start(0, 60);
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            int last = nextAcknowledged(output).orElseThrow();
            StoreConfig config = new StoreConfig(directory, 8 << 20);

            assertThatThrownBy(() -> RocksStore.open(config))
                    .isInstanceOf(StoreLockedException.class);
            for (int i = 0; i < 5; i++) {
                try (RocksStore reader = RocksStore.openReadOnly(config)) {
                    assertThat(present(reader, last)).isEqualTo(CommittingProcess.SERIALS_PER_SET);
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
