package org.precertocsp.responder.audit.door;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.audit.log.Anchor;
import org.precertocsp.responder.audit.log.LogSettings;
import org.precertocsp.responder.audit.seal.SealKey;
import org.precertocsp.responder.audit.verify.LogVerifier;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedJob;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ReadProgress;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.intake.csv.CsvFeed;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.ChangeWriter;
import org.precertocsp.responder.status.StatusWriter;

/// Loads a CSV of N new serials into an empty store, without and with the write door in turns, then
/// checks what was recorded. Run by hand with the test class path: `java -cp …
/// org.precertocsp.responder.audit.door.DoorMeasurement DIRECTORY N TURNS`.
public final class DoorMeasurement {
    private static final TestCa CA = TestCa.root("Door Root");
    private static final FedIssuer ISSUER = TestFeed.issuer("door", CA, IssuerProfile.PRIVATE);

    private final Path directory;
    private final int serials;

    private DoorMeasurement(Path directory, int serials) {
        this.directory = directory;
        this.serials = serials;
    }

    /// @param arguments an empty directory, how many serials, how many turns
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        DoorMeasurement measurement =
                new DoorMeasurement(directory, Integer.parseInt(arguments[1]));
        measurement.writeCsv();
        for (int turn = 0; turn < Integer.parseInt(arguments[2]); turn++) {
            measurement.load("off" + turn, false);
            measurement.load("on" + turn, true);
        }
    }

    private void load(String name, boolean audited) throws Exception {
        Path folder = Files.createDirectories(directory.resolve(name));
        SealKey key = SealKey.create(folder.resolve("key.pem"));
        Path log = folder.resolve("events");
        RocksStores store = RocksStores.open(new RocksConfig(folder.resolve("store"), 256 << 20));
        EventLog events =
                EventLog.open(
                        carry ->
                                new LogSettings(
                                        log,
                                        "measured",
                                        key,
                                        Anchor.NONE,
                                        64_000_000,
                                        carry,
                                        Alarm.LOGGED,
                                        InstantSource.system(),
                                        Duration.ZERO));
        try (store;
                events) {
            StatusWriter door =
                    audited ? new ChangeWriter(store, List.of(new ChangeRecorder(events))) : store;
            long start = System.nanoTime();
            LoadSummary summary = new FeedLoader(door, () -> TestFeed.NOW).load(job());
            double taken = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%-5s %.2f s, %,.0f changes/s (%,d added)%n",
                    name, taken, serials / taken, summary.added());
        }
        if (audited) {
            verify(log, key);
        }
    }

    private void verify(Path log, SealKey key) throws IOException {
        long start = System.nanoTime();
        LogVerifier verifier = new LogVerifier(log, key.verifier("measured"), false);
        int problems = verifier.verify(List.of(), _ -> {}).problems().size();
        double taken = (System.nanoTime() - start) / 1e9;
        try (Stream<Path> files = Files.list(log)) {
            long octets = files.mapToLong(file -> file.toFile().length()).sum();
            System.out.printf(
                    "      log %.1f octets a change, verified in %.2f s, %d problems%n",
                    (double) octets / serials, taken, problems);
        }
    }

    private FeedJob job() {
        Path file = directory.resolve("issued.csv");
        return new FeedJob(
                FeedKind.CSV,
                new CsvFeed(new FedIssuer.Directory(List.of(ISSUER))),
                file,
                "issued.csv",
                Optional.of(ISSUER),
                ReadProgress.SILENT);
    }

    private void writeCsv() throws IOException {
        Random random = new Random(1);
        try (OutputStream out =
                new BufferedOutputStream(
                        Files.newOutputStream(directory.resolve("issued.csv")), 1 << 20)) {
            out.write("serial,status,not_after\n".getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < serials; i++) {
                byte[] serial = new byte[16];
                random.nextBytes(serial);
                serial[0] = (byte) ((serial[0] & 0x3f) | 0x40);
                Instant end = TestFeed.NOW.plusSeconds(Math.floorMod(random.nextInt(), 31_536_000));
                String line = Serial.ofDerContent(serial).toHex() + ",good," + end + "\n";
                out.write(line.getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
