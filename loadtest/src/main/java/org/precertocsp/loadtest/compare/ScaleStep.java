package org.precertocsp.loadtest.compare;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The measurements for one number of serials.
///
/// @param loads into empty stores
/// @param disk bytes of the store
/// @param start with this store
/// @param resident memory of the server, bytes
/// @param presigning of a response for every serial, on two processors
/// @param requests of several kinds
/// @param revocation of many serials at once, at the end
public record ScaleStep(
        long serials,
        Loads loads,
        Disk disk,
        Start start,
        Resident resident,
        Load presigning,
        Requests requests,
        MassRevocation revocation) {
    private static final double NANOS = 1e9;

    /// @param time of the whole command, its process's start included
    public record Load(long records, Duration time) {
        public double perSecond() {
            return records * NANOS / time.toNanos();
        }
    }

    /// @param csv with all serials
    /// @param index the same as `index.txt`; null if there are too many for such a file
    /// @param crl with those that are revoked later
    public record Loads(Load csv, @Nullable Load index, Load crl) {}

    /// @param loaded after the CSV
    /// @param presigned with a response for every serial
    public record Disk(long loaded, long presigned) {}

    /// From the start of the process to its first answer.
    public record Start(Duration twoProcessors, Duration oneProcessor) {}

    /// @param atStart of the server with responses on disk
    /// @param afterLive after requests that were signed live, of the server without them
    /// @param after all other requests
    public record Resident(long atStart, long afterLive, long after) {
        public long most() {
            return Math.max(afterLive, after);
        }
    }

    /// Each the median of rounds in which all of them, and the other sides of the ratios, took
    /// turns; but `live` and `unassigned` had a server of their own.
    ///
    /// @param live every serial for the first time, signed for the request
    /// @param liveExhausted there were too few serials: some of `live` were requested again
    /// @param stored every serial for the first time, signed before and read from disk
    /// @param cached some serials again and again
    /// @param zipf serials by popularity, skew 1, all signed before
    /// @param unassigned serials that were never issued
    public record Requests(
            Measurement live,
            boolean liveExhausted,
            Measurement stored,
            Measurement cached,
            Measurement zipf,
            Measurement unassigned,
            Ratios ratios) {}

    /// Of answers a second, round by round.
    ///
    /// @param storedToCached in one server
    /// @param zipfToFirst to the same with the first number of serials; null for the first itself
    /// @param storedToMillion to the same with a million serials; null up to a million
    public record Ratios(
            MinMedianMax storedToCached,
            @Nullable MinMedianMax zipfToFirst,
            @Nullable MinMedianMax storedToMillion) {}

    public double diskPerSerial() {
        return (double) disk.loaded() / serials;
    }

    public double diskPerResponse() {
        return (double) (disk.presigned() - disk.loaded()) / serials;
    }
}
