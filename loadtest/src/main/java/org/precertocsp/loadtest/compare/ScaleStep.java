package org.precertocsp.loadtest.compare;

import java.time.Duration;

/// The measurements for one number of serials.
///
/// @param load of the CSV with all of them
/// @param crlLoad of the CRL with those revoked, into an empty store
/// @param diskBytes the store after the CSV, bytes
/// @param startUp from the start of the process to its first answer, with this store
/// @param residentAtStart bytes
/// @param residentAfter the requests, bytes
/// @param requests of three kinds
/// @param revocation of many serials at once, at the end
public record ScaleStep(
        long serials,
        Load load,
        Load crlLoad,
        long diskBytes,
        Duration startUp,
        long residentAtStart,
        long residentAfter,
        Requests requests,
        MassRevocation revocation) {
    /// @param time of the whole command, its process's start included
    public record Load(long records, Duration time) {
        private static final double NANOS = 1e9;

        public double perSecond() {
            return records * NANOS / time.toNanos();
        }
    }

    /// @param once every serial for the first time, so that no answer is in memory
    /// @param onceExhausted there were too few serials: some of `once` were requested again
    /// @param zipf serials by popularity, skew 1
    /// @param unassigned serials that were never issued
    public record Requests(
            Measurement once, boolean onceExhausted, Measurement zipf, Measurement unassigned) {}

    public double diskPerSerial() {
        return (double) diskBytes / serials;
    }
}
