package org.precertocsp.responder.store;

/// How the store fares; a moment's view. Sizes are bytes.
///
/// @param serials with a record, about
/// @param tables on disk
/// @param memtables changes in memory, not yet in tables
/// @param readers indexes and filters in memory
/// @param compaction waiting to be compacted, about
/// @param compactions under way
/// @param errors of background work since the store was opened
public record StoreStatistics(
        long serials,
        long tables,
        long memtables,
        long readers,
        long compaction,
        long compactions,
        long errors) {}
