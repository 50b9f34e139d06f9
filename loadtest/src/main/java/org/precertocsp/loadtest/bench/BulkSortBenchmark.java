package org.precertocsp.loadtest.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.store.BulkSorter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ChecksumType;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.WriteOptions;

/// Claim: the rows of a large set are gathered and sorted faster by the store's own sorter than by
/// a scratch RocksDB.
///
/// Run: `precert-load bench BulkSort`. Input: `records` rows in random order, keys of 18 bytes
/// (issuer number and serial), values of 20. Each key is looked up before its row is added, as a
/// load does; one in 64 is there already. Then all rows are read in order, on one thread. The base
/// is a [ScratchRocks]. Not measured: opening, closing, and writing the store's own tables.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class BulkSortBenchmark {
    private static final int KEY_BYTES = 18;
    private static final int ISSUER_BYTES = 2;
    private static final int VALUE_BYTES = 20;
    private static final int REPEATED_EACH = 64;
    private static final long SEED = 6960;

    @Param("1000000")
    private int records;

    private byte[] serials = {};
    private @Nullable BulkSorter sorter;
    private @Nullable ScratchRocks scratch;

    @Setup
    public void make() {
        make(records);
    }

    void make(int rows) {
        SplittableRandom random = new SplittableRandom(SEED);
        int width = KEY_BYTES - ISSUER_BYTES;
        serials = new byte[rows * width];
        random.nextBytes(serials);
        for (int row = REPEATED_EACH; row < rows; row += REPEATED_EACH) {
            int earlier = random.nextInt(row);
            System.arraycopy(serials, earlier * width, serials, row * width, width);
        }
    }

    @Setup(Level.Invocation)
    public void open() throws IOException, StoreLockedException, RocksDBException {
        BenchmarkDirectory directory = BenchmarkDirectory.ofThisProcess();
        sorter = BulkSorter.open(directory.empty("sorter"));
        scratch = ScratchRocks.open(directory.empty("scratch"));
    }

    @TearDown(Level.Invocation)
    public void close() {
        requireNonNull(sorter).close();
        requireNonNull(scratch).close();
    }

    @Benchmark
    public long sorter() {
        BulkSorter rows = requireNonNull(sorter);
        int found = 0;
        for (int row = 0; row < rows(); row++) {
            byte[] key = key(row);
            found += rows.get(key) == null ? 0 : 1;
            rows.put(key, value(row));
        }
        OrderCheck check = new OrderCheck();
        rows.forEachInOrder(check::accept);
        return check.sum(rows() - found);
    }

    /// The base.
    @Benchmark
    public long scratchRocks() throws RocksDBException {
        ScratchRocks rows = requireNonNull(scratch);
        int found = 0;
        for (int row = 0; row < rows(); row++) {
            byte[] key = key(row);
            found += rows.has(key) ? 1 : 0;
            rows.put(key, value(row));
        }
        OrderCheck check = new OrderCheck();
        rows.forEachInOrder(check::accept);
        return check.sum(rows() - found);
    }

    private int rows() {
        return serials.length / (KEY_BYTES - ISSUER_BYTES);
    }

    private byte[] key(int row) {
        byte[] key = new byte[KEY_BYTES];
        key[ISSUER_BYTES - 1] = 1;
        int width = KEY_BYTES - ISSUER_BYTES;
        System.arraycopy(serials, row * width, key, ISSUER_BYTES, width);
        return key;
    }

    private byte[] value(int row) {
        byte[] value = new byte[VALUE_BYTES];
        value[0] = 1;
        value[1] = (byte) row;
        return value;
    }

    /// Reads each row, and that it comes after the one before.
    private static final class OrderCheck {
        private long last = Long.MIN_VALUE;
        private long sum;
        private int rows;

        void accept(ByteBuffer key, ByteBuffer value) {
            long start = key.getLong(key.position()) ^ Long.MIN_VALUE;
            if (start < last || value.remaining() != VALUE_BYTES) {
                throw new IllegalStateException("row %,d is out of order".formatted(rows));
            }
            last = start;
            sum += start + value.get(value.position() + 1);
            rows++;
        }

        long sum(int expected) {
            if (rows != expected) {
                throw new IllegalStateException("%,d rows of %,d".formatted(rows, expected));
            }
            return sum;
        }
    }

    /// A temporary RocksDB as a sorter of rows: no log, no compression, no checksums, no
    /// compaction. Not thread-safe.
    ///
    /// Its table in memory is the skip list: the vector is faster to fill, but is copied and sorted
    /// for each look-up that passes its filter; the hash tables sort all rows again before they are
    /// read. Small tables in memory proved faster than large ones, direct buffers no slower than
    /// arrays.
    private static final class ScratchRocks implements AutoCloseable {
        private static final long BUFFER_BYTES = 32 << 20;
        private static final int BUFFERS = 4;
        private static final int MOST_BYTES = 256;

        private final Deque<RocksObject> natives = new ArrayDeque<>();
        private final RocksDB database;
        private final WriteOptions writing = own(new WriteOptions());
        private final ReadOptions reading = own(new ReadOptions());
        private final ByteBuffer key = ByteBuffer.allocateDirect(MOST_BYTES);
        private final ByteBuffer value = ByteBuffer.allocateDirect(MOST_BYTES);

        private ScratchRocks(Path directory) throws RocksDBException {
            writing.setDisableWAL(true);
            reading.setVerifyChecksums(false).setFillCache(false);
            BlockBasedTableConfig table =
                    new BlockBasedTableConfig()
                            .setFilterPolicy(own(new BloomFilter(16)))
                            .setChecksumType(ChecksumType.kNoChecksum)
                            .setNoBlockCache(true)
                            .setBlockSize(16 << 10);
            Options options =
                    own(new Options())
                            .setCreateIfMissing(true)
                            .setTableFormatConfig(table)
                            .setCompressionType(CompressionType.NO_COMPRESSION)
                            .setDisableAutoCompactions(true)
                            .setLevel0SlowdownWritesTrigger(1_000)
                            .setLevel0StopWritesTrigger(1_000)
                            .setWriteBufferSize(BUFFER_BYTES)
                            .setMaxWriteBufferNumber(BUFFERS)
                            .setMemtablePrefixBloomSizeRatio(0.05)
                            .setMemtableWholeKeyFiltering(true)
                            .setAllowConcurrentMemtableWrite(false)
                            .setAllowMmapReads(true)
                            .setMaxOpenFiles(-1)
                            .setStatsDumpPeriodSec(0)
                            .setStatsPersistPeriodSec(0);
            this.database = own(RocksDB.open(options, directory.toString()));
        }

        static ScratchRocks open(Path directory) throws RocksDBException {
            return new ScratchRocks(directory);
        }

        void put(byte[] rowKey, byte[] rowValue) throws RocksDBException {
            database.put(
                    writing, key.clear().put(rowKey).flip(), value.clear().put(rowValue).flip());
        }

        boolean has(byte[] rowKey) throws RocksDBException {
            return database.get(reading, key.clear().put(rowKey).flip(), value.clear())
                    != RocksDB.NOT_FOUND;
        }

        void forEachInOrder(BulkSorter.RowConsumer consumer) throws RocksDBException {
            try (RocksIterator rows = database.newIterator(reading)) {
                for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                    rows.key(key.clear());
                    rows.value(value.clear());
                    consumer.accept(key, value);
                }
                rows.status();
            }
        }

        private <T extends RocksObject> T own(T part) {
            natives.push(part);
            return part;
        }

        @Override
        public void close() {
            while (!natives.isEmpty()) {
                natives.pop().close();
            }
        }
    }
}
