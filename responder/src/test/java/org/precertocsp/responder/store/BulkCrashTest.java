package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestJvm;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.status.TestChanges;

/// Kills a real process with SIGKILL while it turns sets into tables, and while it opens a store
/// that was so killed. What it leaves must be what a store holds that took the same sets as batches
/// and was never killed.
///
/// `-Dkills=N` for a longer campaign.
final class BulkCrashTest {
    private static final int KILLS = Integer.getInteger("kills", 6);
    // What each takes, about.
    private static final int OPENING_MICROS = 500_000;
    private static final int SET_MICROS = 60_000;
    private static final Instant LATER = Instant.parse("2030-01-01T00:00:00Z");

    @TempDir private Path directory = Path.of("");
    private int inDoubt;

    @Test
    @Timeout(600)
    @Requirement("SA-11")
    void large_sets_are_whole_or_absent_in_all_families_after_any_kill()
            throws IOException, InterruptedException, StoreLockedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int next = 0;
        try (RocksStore reference = RocksStore.open(config("reference"))) {
            for (int kill = 0; kill < KILLS; kill++) {
                int acknowledged = killAfter(next, random.nextInt(3), random);
                if (scratchFiles() > 0 && random.nextBoolean()) {
                    // Once more, while the store is opened.
                    killAfter(BulkCommittingProcess.ONLY_OPEN, 0, random);
                }
                next =
                        checked(
                                reference,
                                next,
                                acknowledged,
                                "seed %d kill %d".formatted(seed, kill));
            }
        }
        System.out.printf("%d sets, %d kills found a set in doubt%n", next, inDoubt);
        assertThat(next).isGreaterThanOrEqualTo(KILLS);
    }

    private StoreConfig config(String name) {
        return new StoreConfig(directory.resolve(name), 8 << 20);
    }

    /// Returns the last set acknowledged before the kill.
    ///
    /// @param sets to await
    private int killAfter(int first, int sets, Random random)
            throws IOException, InterruptedException {
        Process process =
                TestJvm.of(
                                BulkCommittingProcess.class,
                                config("store").directory().toString(),
                                Integer.toString(first))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        int last = first - 1;
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).isNotNull();
            for (int i = 0; i < sets; i++) {
                last = StoreCrashTest.nextAcknowledged(output).orElseThrow();
            }
            // Not to await anything: it moves the kill to some point inside opening or a commit.
            TimeUnit.MICROSECONDS.sleep(random.nextInt(sets == 0 ? OPENING_MICROS : SET_MICROS));
            process.toHandle().destroyForcibly();
            for (OptionalInt more = StoreCrashTest.nextAcknowledged(output);
                    more.isPresent();
                    more = StoreCrashTest.nextAcknowledged(output)) {
                last = more.getAsInt();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return last;
    }

    /// Returns the first set that is not there, after the sets around it were loaded again.
    private int checked(RocksStore reference, int first, int acknowledged, String when)
            throws IOException, StoreLockedException {
        inDoubt += scratchFiles() > 0 ? 1 : 0;
        try (RocksStore store = RocksStore.open(config("store"), BulkCommittingProcess.LIMITS)) {
            int next = first;
            while (store.find(CommittingProcess.serial(next, 0)).isPresent()) {
                LargeSets.load(reference, next);
                next++;
            }
            assertThat(next).as("sets present, %s", when).isGreaterThan(acknowledged);
            assertThat(scratchFiles()).isZero();
            assertSame(store, reference, next, when);
            for (int set = Math.max(0, next - 1); set <= next; set++) {
                assertThat(LargeSets.load(store, set))
                        .as("set %d loaded again, %s", set, when)
                        .isEqualTo(LargeSets.load(reference, set));
            }
            assertSame(store, reference, next, "loaded again, " + when);
            return next + 1;
        }
    }

    private long scratchFiles() throws IOException {
        Path scratch = config("store").directory().resolve("bulk");
        if (!Files.isDirectory(scratch)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(scratch)) {
            return files.count();
        }
    }

    private static void assertSame(RocksStore store, RocksStore reference, int next, String when) {
        for (int set = Math.max(0, next - 3); set <= next; set++) {
            for (int i = 0; i < LargeSets.SERIALS; i++) {
                var key = CommittingProcess.serial(set, i);
                assertThat(store.find(key)).as(when).isEqualTo(reference.find(key));
                assertThat(store.dossier(key)).as(when).isEqualTo(reference.dossier(key));
            }
        }
        assertThat(due(store)).as(when).isEqualTo(due(reference));
    }

    private static List<String> due(RocksStore store) {
        return store.renewals().due(TestChanges.ISSUER, LATER, Integer.MAX_VALUE).stream()
                .map(due -> due.why() + " " + due.serial().serial() + " " + due.place())
                .toList();
    }
}
