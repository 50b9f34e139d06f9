package org.precertocsp.responder.store;

/// The state of the store; a snapshot. Sizes are bytes.
///
/// @param serials with a record, approximately
/// @param tables on disk
/// @param memtables changes in memory, not yet in tables
/// @param readers indexes and filters in memory
/// @param compaction waiting to be compacted, approximately
/// @param compactions in progress
/// @param errors of background work since the store was opened
public record StoreStatistics(
        long serials,
        long tables,
        long memtables,
        long readers,
        long compaction,
        long compactions,
        long errors) {}
