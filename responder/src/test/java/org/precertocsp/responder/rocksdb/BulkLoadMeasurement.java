package org.precertocsp.responder.rocksdb;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedJob;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ReadProgress;
import org.precertocsp.responder.intake.StatusFeed;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.intake.crl.BigCrl;
import org.precertocsp.responder.intake.crl.CrlFeed;
import org.precertocsp.responder.intake.csv.CsvFeed;
import org.precertocsp.responder.status.SerialKey;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.SstFileWriter;

/// Loads a CSV of N serials into an empty store, once more, then revokes up to a million of them by
/// another CSV, loads a CRL of a million entries into an empty store, looks serials up, and opens
/// the store anew; beside it a bare SST writer writes the same status rows. Run by hand with the
/// test class path: `java -cp … org.precertocsp.responder.rocksdb.BulkLoadMeasurement DIRECTORY N`.
///
/// Serials are 16 random octets in random order, ends lie within a year; one issuer. The files are
/// written first and are most likely in the page cache.
public final class BulkLoadMeasurement {
    private static final int MILLION = 1_000_000;
    private static final long SEED = 1;
    private static final TestCa CA = TestCa.root("Bulk Root");
    private static final FedIssuer ISSUER = TestFeed.issuer("bulk", CA, IssuerProfile.PRIVATE);
    private static final FedIssuer.Directory ISSUERS = new FedIssuer.Directory(List.of(ISSUER));

    private final Path directory;
    private final int serials;

    private BulkLoadMeasurement(Path directory, int serials) {
        this.directory = directory;
        this.serials = serials;
    }

    /// @param arguments an empty directory, and how many serials
    public static void main(String[] arguments) throws Exception {
        new BulkLoadMeasurement(Path.of(arguments[0]), Integer.parseInt(arguments[1])).run();
    }

    private void run() throws Exception {
        Path issued = directory.resolve("issued.csv");
        Path revoked = directory.resolve("revoked.csv");
        int revocations = Math.min(serials, MILLION);
        writeCsv(issued, serials, false);
        writeCsv(revoked, revocations, true);
        Path crl = directory.resolve("big.crl");
        BigCrl.write(crl, CA, MILLION, TestFeed.NOW.minusSeconds(60));
        RocksConfig config = new RocksConfig(directory.resolve("store"), 256 << 20);
        try (RocksStores store = RocksStores.open(config)) {
            load(store, FeedKind.CSV, new CsvFeed(ISSUERS), issued, serials);
        }
        bareWriter();
        long opening = System.nanoTime();
        try (RocksStores store = RocksStores.open(config)) {
            System.out.printf("opened in %.3f s%n", seconds(opening));
            lookUp(store);
            load(store, FeedKind.CSV, new CsvFeed(ISSUERS), revoked, revocations);
            load(store, FeedKind.CSV, new CsvFeed(ISSUERS), issued, serials);
        }
        try (RocksStores store =
                RocksStores.open(new RocksConfig(directory.resolve("crls"), 256 << 20))) {
            CrlFeed feed = new CrlFeed(ISSUERS, () -> TestFeed.NOW);
            load(store, FeedKind.CRL, feed, crl, MILLION);
        }
        System.out.printf(
                "store: %.1f octets a serial%n", (double) size(config.directory()) / serials);
    }

    private static void load(
            RocksStores store, FeedKind kind, StatusFeed feed, Path file, int records)
            throws Exception {
        long start = System.nanoTime();
        FeedJob job =
                new FeedJob(
                        kind,
                        feed,
                        file,
                        file.getFileName().toString(),
                        Optional.of(ISSUER),
                        ReadProgress.SILENT);
        LoadSummary summary = new FeedLoader(store, () -> TestFeed.NOW).load(job);
        double taken = seconds(start);
        System.out.printf(
                "%-12s %.2f s, %,.0f records/s: %,d added, %,d changed, %,d unchanged %s%n",
                summary.file(),
                taken,
                records / taken,
                summary.added(),
                summary.changed(),
                summary.unchanged(),
                memory());
    }

    private void bareWriter() throws Exception {
        byte[][] keys = new byte[serials][];
        Random random = new Random(SEED);
        for (int i = 0; i < serials; i++) {
            keys[i] = Keys.serial(1, serial(random));
            random.nextInt();
        }
        java.util.Arrays.parallelSort(keys, java.util.Arrays::compareUnsigned);
        byte[] value = HexFormat.of().parseHex("4b006b8b456701");
        Path file = directory.resolve("bare.sst");
        long start = System.nanoTime();
        try (Tuning tuning = new Tuning(8 << 20);
                Options options = new Options(tuning.database(), tuning.of(Family.STATUS));
                EnvOptions env = new EnvOptions();
                SstFileWriter writer = new SstFileWriter(env, options)) {
            writer.open(file.toString());
            for (byte[] key : keys) {
                random.nextInt();
                value[4] = (byte) random.nextInt();
                writer.put(key, value);
            }
            writer.finish();
        }
        System.out.printf(
                "bare SST writer %,.0f rows/s, %.1f octets each%n",
                serials / seconds(start), (double) Files.size(file) / serials);
        Files.delete(file);
    }

    private void lookUp(RocksStores store) {
        Random random = new Random(SEED);
        SerialKey[] there = new SerialKey[200_000];
        byte[][] absent = new byte[MILLION][];
        for (int i = 0; i < there.length; i++) {
            there[i] = new SerialKey(ISSUER.key(), serial(random));
            random.nextInt();
        }
        Random other = new Random(SEED + 1);
        for (int i = 0; i < absent.length; i++) {
            absent[i] = serial(other).content().toArray();
        }
        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            int sure = 0;
            for (byte[] serial : absent) {
                sure += store.isSurelyUnassigned(ISSUER.key(), serial, 0, serial.length) ? 1 : 0;
            }
            System.out.printf(
                    "isSurelyUnassigned %.0f ns, sure of %.2f %%%n",
                    1e9 * seconds(start) / absent.length, 100.0 * sure / absent.length);
            start = System.nanoTime();
            int found = 0;
            for (SerialKey key : there) {
                found += store.find(key).isPresent() ? 1 : 0;
            }
            System.out.printf(
                    "find %.0f ns, %,d of %,d%n",
                    1e9 * seconds(start) / there.length, found, there.length);
        }
    }

    private static void writeCsv(Path file, int rows, boolean revoked) throws IOException {
        Random random = new Random(SEED);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            out.write(
                    "serial,status,revocation_date,reason,not_after\n"
                            .getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < rows; i++) {
                String serial = serial(random).toHex();
                Instant end = TestFeed.NOW.plusSeconds(Math.floorMod(random.nextInt(), 31_536_000));
                String status =
                        revoked ? ",revoked,2026-05-01T08:30:00Z,keyCompromise," : ",good,,,";
                out.write((serial + status + end + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static Serial serial(Random random) {
        byte[] serial = new byte[16];
        random.nextBytes(serial);
        serial[0] = (byte) ((serial[0] & 0x3f) | 0x40);
        return Serial.ofDerContent(serial);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static long size(Path store) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
        }
    }

    private static String memory() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(l -> l.startsWith("VmHWM")).findFirst().orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
