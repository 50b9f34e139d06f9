package org.precertocsp.responder.store;

/// From where on a set is written otherwise than as one batch held in memory.
///
/// @param rowsOfBatch a set of more rows becomes tables
/// @param rowsInMemory more rows go to disk until the set is committed; each takes about 70 bytes
///   of heap
/// @param octetsInMemory nor more bytes of them, however few rows: long rows must not fill the
///   heap, nor a file of them outgrow what can be mapped at once
/// @param rowsToShare so many are written by two threads, to files of their own
record BulkLimits(int rowsOfBatch, int rowsInMemory, int rowsToShare, long octetsInMemory) {
    static final int WRITERS = 2;

    /// A batch of 100,000 rows takes a quarter of a second, tables a few tenths at least.
    static final BulkLimits USUAL = new BulkLimits(100_000, 2_000_000, 200_000);

    /// A quarter of a gigabyte: twice what that many rows take usually.
    private static final long USUAL_OCTETS = 1L << 28;

    /// With the usual limit of bytes.
    BulkLimits(int rowsOfBatch, int rowsInMemory, int rowsToShare) {
        this(rowsOfBatch, rowsInMemory, rowsToShare, USUAL_OCTETS);
    }

    BulkLimits {
        if (rowsOfBatch < 1 || rowsInMemory < 1 || rowsInMemory > RowSorter.MAX_ROWS) {
            throw new IllegalArgumentException("1 to %,d rows".formatted(RowSorter.MAX_ROWS));
        }
        if (octetsInMemory < 1 || octetsInMemory > 1 << 30) {
            throw new IllegalArgumentException("1 byte to a gigabyte of rows");
        }
    }

    /// How many threads write that many rows.
    int writers(long rows) {
        return rows < rowsToShare ? 1 : WRITERS;
    }
}
