package org.precertocsp.loadtest.cluster;

/// A server that serves one job at a time, in the order in which they come: a link, or a thread.
/// Times are in seconds.
final class FifoQueue {
    private double free;
    private double busy;

    /// @param at when the job comes; not before the one before it
    /// @return when it is done
    double serve(double at, double service) {
        free = Math.max(at, free) + service;
        busy += service;
        return free;
    }

    /// How long it has served.
    double busy() {
        return busy;
    }
}
