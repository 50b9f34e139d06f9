package org.precertocsp.responder.store;

/// The sizes from which a set is no longer written as one batch held in memory.
///
/// @param rowsOfBatch a set of more rows becomes tables
/// @param rowsInMemory more rows go to disk until the set is committed; each takes about 70 bytes
///   of heap
/// @param bytesInMemory the same limit in bytes, for any number of rows: long rows must not fill
///   the heap, nor a file of them exceed the size that can be mapped at once
/// @param rowsToShare from this many, two threads write, to separate files
record BulkLimits(int rowsOfBatch, int rowsInMemory, int rowsToShare, long bytesInMemory) {
    static final int WRITERS = 2;

    /// A batch of 100,000 rows takes a quarter of a second, tables a few tenths at least.
    static final BulkLimits USUAL = new BulkLimits(100_000, 2_000_000, 200_000);

    /// A quarter of a gigabyte: twice the usual size of that many rows.
    private static final long USUAL_BYTES = 1L << 28;

    /// With the usual limit of bytes.
    BulkLimits(int rowsOfBatch, int rowsInMemory, int rowsToShare) {
        this(rowsOfBatch, rowsInMemory, rowsToShare, USUAL_BYTES);
    }

    BulkLimits {
        if (rowsOfBatch < 1 || rowsInMemory < 1 || rowsInMemory > RowSorter.MAX_ROWS) {
            throw new IllegalArgumentException("1 to %,d rows".formatted(RowSorter.MAX_ROWS));
        }
        if (bytesInMemory < 1 || bytesInMemory > 1 << 30) {
            throw new IllegalArgumentException("1 byte to a gigabyte of rows");
        }
    }

    /// The number of threads that write this many rows.
    int writers(long rows) {
        return rows < rowsToShare ? 1 : WRITERS;
    }
}
