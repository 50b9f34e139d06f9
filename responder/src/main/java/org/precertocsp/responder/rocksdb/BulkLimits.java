package org.precertocsp.responder.rocksdb;

/// From where on a set is written otherwise than as one batch held in memory.
///
/// @param rowsOfBatch a set of more rows becomes tables
/// @param rowsInMemory more rows go to disk until the set is committed; each takes about 70 octets
///   of heap
/// @param rowsToShare so many are written by two threads, to files of their own
record BulkLimits(int rowsOfBatch, int rowsInMemory, int rowsToShare) {
    static final int WRITERS = 2;

    /// A batch of 100,000 rows takes a quarter of a second, tables a few tenths at least.
    static final BulkLimits USUAL = new BulkLimits(100_000, 2_000_000, 200_000);

    BulkLimits {
        if (rowsOfBatch < 1 || rowsInMemory < 1 || rowsInMemory > RowOrder.MAX_ROWS) {
            throw new IllegalArgumentException("1 to %,d rows".formatted(RowOrder.MAX_ROWS));
        }
    }

    /// How many threads write that many rows.
    int writers(long rows) {
        return rows < rowsToShare ? 1 : WRITERS;
    }
}
