package org.precertocsp.loadtest.bench;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
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

/// A temporary RocksDB as a sorter of rows: no log, no compression, no checksums, no compaction.
/// Not thread-safe.
///
/// Its table in memory is the skip list: the vector is faster to fill, but is copied and sorted for
/// each look-up that passes its filter; the hash tables sort all rows again before they are read.
/// Small tables in memory proved faster than large ones, direct buffers no slower than arrays.
final class ScratchRocks implements AutoCloseable {
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
        database.put(writing, key.clear().put(rowKey).flip(), value.clear().put(rowValue).flip());
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
