package org.precertocsp.responder.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.cluster.TestRecords.A;
import static org.precertocsp.responder.cluster.TestRecords.EDGE;
import static org.precertocsp.responder.status.TestChanges.declared;
import static org.precertocsp.responder.status.TestChanges.key;
import static org.precertocsp.responder.status.TestChanges.source;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.cluster.ClusterConfig.Snapshots.Location;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.snapshot.SnapshotBootstrap;
import org.precertocsp.responder.cluster.snapshot.SnapshotDirectory;
import org.precertocsp.responder.cluster.snapshot.SnapshotWriter;
import org.precertocsp.responder.status.FrozenRows.IssuerDigest;
import org.precertocsp.responder.status.ReplicatedStore;
import org.precertocsp.responder.status.StoredRow;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.RowTables;
import org.precertocsp.responder.store.StoreConfig;

/// A new edge with many serials: by its log, and by a snapshot. Both stores must be equal. Prints
/// how long each took; `-Dsnapshot.rows=10000000` for figures, which the overview of the package of
/// snapshots has.
@Timeout(1_200)
final class SnapshotScaleTest {
    private static final int ROWS = Integer.getInteger("snapshot.rows", 60_000);
    private static final int ROWS_OF_A_CHANGE = 8_000;
    private static final int SERIAL_BYTES = 16;

    @TempDir private Path directory = Path.of("");

    /// Records made beforehand.
    private static final class GeneratedLog implements StatusLog {
        private static final ByteString ID = ByteString.ofHex("5c".repeat(ID_BYTES));

        private final ByteString value;
        private final List<StoredRow> issuers;
        private final int changes;
        private final RecordSigner signer = TestRecords.signer(A);
        private final List<ByteString> made = new ArrayList<>();
        private ByteString head = ReaderPosition.NO_DIGEST;
        long first;

        GeneratedLog(List<StoredRow> prepared, int changes) {
            this.issuers =
                    prepared.stream()
                            .filter(it -> it.family() == StoredRow.Family.ISSUERS)
                            .toList();
            this.value =
                    prepared.stream()
                            .filter(it -> it.family() == StoredRow.Family.STATUS)
                            .findFirst()
                            .flatMap(StoredRow::value)
                            .orElseThrow();
            this.changes = changes;
            made.add(signer.sign(new Reset(A, 1, 0, 0, ReaderPosition.NO_DIGEST)));
            made.add(signer.sign(new Claim(A, 1, 1, TestRecords.NONCE)));
            make();
        }

        private void make() {
            Random random = new Random(1);
            for (int change = 1; change <= changes; change++) {
                List<StoredRow> rows = new ArrayList<>(change == 1 ? issuers : List.of());
                for (int i = 0; i < ROWS_OF_A_CHANGE; i++) {
                    byte[] rowKey = new byte[2 + SERIAL_BYTES];
                    random.nextBytes(rowKey);
                    ByteBuffer.wrap(rowKey).putShort((short) 1).put((byte) 1);
                    rows.add(
                            new StoredRow(
                                    StoredRow.Family.STATUS,
                                    ByteString.of(rowKey),
                                    Optional.of(value)));
                }
                ByteString signed = signer.sign(new Envelope(A, 1, 1, change, head, rows));
                byte[] bytes = signed.toArray();
                head =
                        HashAlgorithm.SHA256.hash(
                                ByteString.of(
                                        bytes, 0, bytes.length - RecordVerifier.SIGNATURE_BYTES));
                made.add(signed);
            }
        }

        @Override
        public void append(ByteString record) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Tail tail(long offset, Duration wait) {
            if (offset < first) {
                return new Tail(ID, List.of(), first, made.size(), offset);
            }
            int to = (int) Math.min(made.size(), offset + 6);
            return new Tail(ID, made.subList((int) offset, to), first, made.size(), to);
        }

        @Override
        public void close() {}
    }

    private RocksStore open(String name) throws Exception {
        return RocksStore.open(new StoreConfig(directory.resolve(name), 64 << 20));
    }

    private static void follow(GeneratedLog log, ReplicatedStore store, String name)
            throws InterruptedException {
        try (Follower follower =
                new Follower(
                        log,
                        TestRecords.VERIFIER,
                        ClusterRules.CONTRACT,
                        store,
                        name,
                        (_, _) -> {})) {
            while (follower.position().sequence() < log.changes) {
                follower.round();
            }
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void timed(String what, long rows, Work work) throws Exception {
        var system =
                (com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long begin = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%s: %,d rows in %.2f s, %.2f s of processor time: %,.0f rows/s of a core%n",
                what,
                rows,
                seconds,
                cpuSeconds,
                rows / cpuSeconds);
    }

    private static List<IssuerDigest> digests(RocksStore store) {
        try (RowTables rows = store.frozenRows()) {
            return rows.digests(_ -> {});
        }
    }

    @Test
    void a_snapshot_and_the_log_make_the_same_store() throws Exception {
        List<StoredRow> prepared = new ArrayList<>();
        try (RocksStore scratch = RocksStore.openTemporary(8 << 20);
                ReplicatedStore.RowSet set =
                        scratch.replica().tryBegin(source("a"), Duration.ZERO).orElseThrow()) {
            set.apply(declared(key(1)));
            set.prepare().forEachRemaining(prepared::add);
        }
        int changes = Math.ceilDiv(ROWS, ROWS_OF_A_CHANGE);
        long rows = (long) changes * ROWS_OF_A_CHANGE;
        GeneratedLog log = new GeneratedLog(prepared, changes);
        Path snapshots = directory.resolve("snapshots");
        List<IssuerDigest> expected;
        try (RocksStore a = open("a")) {
            timed("catch-up of an edge", rows, () -> follow(log, a.answeringReplica(), EDGE));
            SnapshotWriter writer =
                    new SnapshotWriter(
                            new SnapshotDirectory(snapshots),
                            A,
                            TestRecords.A_KEY.getPrivate(),
                            3,
                            "1",
                            InstantSource.system());
            timed("snapshot", rows, () -> writer.write(a, (_, _) -> {}));
            expected = new ArrayList<>();
            timed("digests", rows, () -> expected.addAll(digests(a)));
        }
        log.first = log.made.size();
        try (RocksStore edge = open("edge")) {
            timed("bootstrap of an edge", rows, () -> begin(edge, log, snapshots));
            assertThat(digests(edge)).hasSize(2).isEqualTo(expected);
            assertThat(expected.get(1).rows()).isEqualTo(rows);
        }
    }

    private static void begin(RocksStore edge, StatusLog log, Path snapshots) throws IOException {
        ClusterConfig config =
                SnapshotTest.config(EDGE, Optional.of(new Location.Directory(snapshots)));
        assertThat(SnapshotBootstrap.run(config, edge, edge.answeringReplica(), log, Alarm.LOGGED))
                .isInstanceOf(SnapshotBootstrap.Outcome.Taken.class);
    }
}
