package org.precertocsp.responder.rocksdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.Commitment;
import org.precertocsp.responder.status.Facts;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreLocked;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// How long a million changes in one set take, and how many bytes they leave; run by hand with the
/// test class path: `java -cp … org.precertocsp.responder.rocksdb.BulkLoadMeasurement DIRECTORY`.
///
/// Serials are 16 random octets, ends lie within a year, documents have random hashes. It does not
/// measure reading the files such changes come from.
public final class BulkLoadMeasurement {
    private static final int CHANGES = 1_000_000;

    /// Elapsed and processor time, since a busy machine stretches the first.
    private record Lap(long nanos, long cpuNanos) {
        static Lap now() {
            return new Lap(
                    System.nanoTime(),
                    ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
        }

        String since(Lap start) {
            return "%.2f s (%.2f s of processor)"
                    .formatted((nanos - start.nanos) / 1e9, (cpuNanos - start.cpuNanos) / 1e9);
        }
    }

    private BulkLoadMeasurement() {}

    /// @param arguments an empty directory
    public static void main(String[] arguments) throws StoreLocked, RocksDBException {
        RocksConfig config = new RocksConfig(Path.of(arguments[0]), 256 << 20);
        try (RocksStores store = RocksStores.open(config)) {
            load(store, "declared, empty store", 1, false);
        }
        report(config.directory());
        try (RocksStores store = RocksStores.open(config)) {
            load(store, "the same again", 1, false);
            load(store, "with documents", 2, true);
            revoke(store, 1);
            find(store, 1);
        }
        report(config.directory());
    }

    private static void load(RocksStores store, String what, long seed, boolean documents) {
        Random random = new Random(seed);
        run(
                store,
                what,
                () -> {
                    SerialKey key = key(random);
                    Instant end = Facts.NOT_AFTER.plusSeconds(random.nextInt(365 * 86_400));
                    Optional<Commitment> commitment =
                            documents
                                    ? Optional.of(new Commitment(hash(random), hash(random)))
                                    : Optional.empty();
                    AssignedBy by = documents ? AssignedBy.PRECERTIFICATE : AssignedBy.DECLARATION;
                    return new StatusChange.Assign(key, by, Optional.of(end), commitment);
                });
    }

    private static void revoke(RocksStores store, long seed) {
        Random random = new Random(seed);
        run(
                store,
                "revoked, filled store",
                () -> {
                    SerialKey key = key(random);
                    random.nextInt(365 * 86_400);
                    return Facts.revoked(key, RevocationReason.CESSATION_OF_OPERATION);
                });
    }

    private static void run(RocksStores store, String what, Supplier<StatusChange> changes) {
        Lap start = Lap.now();
        try (ChangeSet set = store.begin(Facts.source(what))) {
            for (int i = 0; i < CHANGES; i++) {
                set.apply(changes.get());
            }
            Lap applied = Lap.now();
            set.commit();
            System.out.printf(
                    "%-24s apply %s, commit %s%n",
                    what, applied.since(start), Lap.now().since(applied));
        }
        printMemory();
    }

    private static void find(RocksStores store, long seed) {
        Random random = new Random(seed);
        int found = 0;
        Lap start = Lap.now();
        for (int i = 0; i < CHANGES; i++) {
            SerialKey key = key(random);
            random.nextInt(365 * 86_400);
            found += store.find(key).isPresent() ? 1 : 0;
        }
        System.out.printf("%,d of %,d found in %s%n", found, CHANGES, Lap.now().since(start));
    }

    private static SerialKey key(Random random) {
        byte[] serial = new byte[16];
        random.nextBytes(serial);
        serial[0] = (byte) ((serial[0] & 0x3f) | 0x40);
        return new SerialKey(Facts.ISSUER, Serial.ofDerContent(serial));
    }

    private static Octets hash(Random random) {
        byte[] hash = new byte[32];
        random.nextBytes(hash);
        return Octets.of(hash);
    }

    private static void printMemory() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            lines.filter(line -> line.startsWith("VmRSS") || line.startsWith("VmHWM"))
                    .forEach(System.out::println);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void report(Path directory) throws RocksDBException {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (Tuning tuning = new Tuning(8 << 20);
                RocksDB db =
                        RocksDB.open(
                                tuning.database(),
                                directory.toString(),
                                Arrays.stream(Family.values())
                                        .map(f -> descriptor(tuning, f))
                                        .toList(),
                                handles);
                CompactRangeOptions forced =
                        new CompactRangeOptions()
                                .setBottommostLevelCompaction(BottommostLevelCompaction.kForce)) {
            for (ColumnFamilyHandle handle : handles) {
                db.compactRange(handle, null, null, forced);
                System.out.printf(
                        "%-10s %,12d bytes%n",
                        new String(handle.getName(), StandardCharsets.UTF_8),
                        db.getColumnFamilyMetaData(handle).size());
                handle.close();
            }
        }
    }

    private static ColumnFamilyDescriptor descriptor(Tuning tuning, Family family) {
        return new ColumnFamilyDescriptor(family.diskName(), tuning.of(family));
    }
}
