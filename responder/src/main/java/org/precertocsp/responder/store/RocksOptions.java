package org.precertocsp.responder.store;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteOptions;
import org.rocksdb.util.StdErrLogger;

/// The options of RocksDB: for point lookups of statuses, most of which exist, and for loads of a
/// million at a time. Owns the native options, which must outlive the database.
final class RocksOptions implements AutoCloseable {
    private static final long MEBI = 1 << 20;

    private final Deque<AutoCloseable> natives = new ArrayDeque<>();
    private final DBOptions database = own(new DBOptions());
    private final ColumnFamilyOptions statuses = own(new ColumnFamilyOptions());
    private final ColumnFamilyOptions responses = own(new ColumnFamilyOptions());
    private final ColumnFamilyOptions cold = own(new ColumnFamilyOptions());
    private final ReadOptions reading = own(new ReadOptions());
    private final ReadOptions readingMemory = own(new ReadOptions());
    private final WriteOptions writing = own(new WriteOptions());
    private final WriteOptions writingSoon = own(new WriteOptions());

    RocksOptions(long cacheBytes) {
        // Half for indexes and filters, so that reading rows does not evict them.
        LRUCache cache = own(new LRUCache(cacheBytes, -1, false, 0.5));
        tune(database);
        // An unassigned serial that passes the filter costs ten times as much: 14 bits let one in
        // a thousand pass, 10 would let one in a hundred, in each table.
        tune(statuses, denseRows(pointLookups(table(cache, own(new BloomFilter(14))))));
        statuses.setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setBottommostCompressionType(CompressionType.LZ4HC_COMPRESSION)
                .setBottommostCompressionOptions(
                        own(new CompressionOptions().setEnabled(true).setLevel(3)));
        // Mostly signatures, which do not compress.
        tune(responses, pointLookups(table(cache, own(new BloomFilter(10)))));
        responses.setCompressionType(CompressionType.NO_COMPRESSION);
        tune(cold, cached(table(cache, own(new BloomFilter(10)))).setBlockSize(16 << 10));
        compress(cold);
        readingMemory.setReadTier(ReadTier.BLOCK_CACHE_TIER);
        // An acknowledged change is on disk, not in the page cache.
        writing.setSync(true);
    }

    private static void tune(DBOptions options) {
        options.setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                // Records after the damage are dropped, also in later logs, so that the store has
                // the state of one moment; the mark of its newest set shows whether it is complete.
                // Damage that can be distinguished from a record cut off by a crash is rejected
                // before that.
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                // So that the mark, in META, is never ahead of STATUS.
                .setAtomicFlush(true)
                // Read again at every start, and by every reader beside a writer: about a second.
                .setMaxTotalWalSize(64 * MEBI)
                .setMaxBackgroundJobs(Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4))
                .setBytesPerSync(MEBI)
                .setKeepLogFileNum(3)
                .setMaxLogFileSize(4 * MEBI)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
    }

    private static BlockBasedTableConfig table(LRUCache cache, BloomFilter bloom) {
        return new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(bloom)
                .setWholeKeyFiltering(true);
    }

    /// For single rows of random serials, which no cache holds: blocks of a page, since all of a
    /// block is read and decompressed for one row. With 8 KiB and hash indexes in the blocks, a
    /// lookup among 10 M serials took a fifth more processor time, and a row 4 % more space.
    ///
    /// Filters and indexes are outside the cache, read when a table is opened: two bytes for each
    /// row and 0.2, so that an event loop can tell at any time which serials do not exist. A cache
    /// has shards too small for the filter of a large table, and drops it.
    private static BlockBasedTableConfig pointLookups(BlockBasedTableConfig table) {
        return table.setBlockSize(4 << 10).setCacheIndexAndFilterBlocks(false);
    }

    /// For rows of some 25 bytes, 16 of them random. LZ4 finds in them what there is to find, and
    /// decompresses a block in a third of the time that ZSTD takes: a lookup among 10 M serials
    /// with little cache took 8.5 instead of 13.2 µs of processor time. Longer blocks and restart
    /// intervals give back the 2 bytes a row that ZSTD saves.
    private static BlockBasedTableConfig denseRows(BlockBasedTableConfig table) {
        return table.setBlockSize(6 << 10).setBlockRestartInterval(32);
    }

    /// Filters and indexes in partitions of a block's size, cached like blocks.
    private static BlockBasedTableConfig cached(BlockBasedTableConfig table) {
        return table.setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
                .setIndexType(IndexType.kTwoLevelIndexSearch)
                .setPartitionFilters(true)
                .setMetadataBlockSize(4 << 10)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setPinTopLevelIndexAndFilter(true);
    }

    private static void tune(ColumnFamilyOptions options, BlockBasedTableConfig table) {
        options.setTableFormatConfig(table)
                .setWriteBufferSize(32 * MEBI)
                .setMaxWriteBufferNumber(4)
                .setMemtablePrefixBloomSizeRatio(0.02)
                .setMemtableWholeKeyFiltering(true)
                .setLevelCompactionDynamicLevelBytes(true);
    }

    private static void compress(ColumnFamilyOptions options) {
        options.setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setBottommostCompressionType(CompressionType.ZSTD_COMPRESSION);
    }

    /// Makes the options leave no files on disk, not even RocksDB's own log.
    ///
    /// @param onDamage a writer may just be at the end of the log
    void forReadingOnly(WALRecoveryMode onDamage) {
        database.setCreateIfMissing(false)
                .setCreateMissingColumnFamilies(false)
                .setWalRecoveryMode(onDamage)
                .setLogger(own(new StdErrLogger(InfoLogLevel.FATAL_LEVEL)));
    }

    DBOptions database() {
        return database;
    }

    ColumnFamilyOptions of(ColumnFamily family) {
        return switch (family) {
            case STATUS -> statuses;
            case RESPONSES -> responses;
            case META,
                    EVIDENCE,
                    CONFLICTS,
                    HISTORY,
                    SOURCES,
                    CRL_HEADS,
                    ISSUERS,
                    TEMPLATES,
                    RENEWALS,
                    SIGHTINGS ->
                    cold;
        };
    }

    /// Reads only the block cache and the tables' filters, never the disk.
    ReadOptions readingMemory() {
        return readingMemory;
    }

    ReadOptions reading() {
        return reading;
    }

    WriteOptions writing() {
        return writing;
    }

    /// For data that may be lost with the machine: logged, but not waited for.
    WriteOptions writingSoon() {
        return writingSoon;
    }

    private <T extends AutoCloseable> T own(T option) {
        natives.push(option);
        return option;
    }

    @Override
    public void close() {
        NativeResources.close(natives);
    }
}
