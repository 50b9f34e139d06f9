package org.precertocsp.loadtest.drive;

/// The requests in flight on one connection, oldest first: HTTP/1.1 answers come in order.
final class InFlightRequests {
    private final long[] intended;
    private final long[] sent;
    private final long[] index;
    private final int[] kind;
    private int oldest;
    private int count;

    InFlightRequests(int depth) {
        intended = new long[depth];
        sent = new long[depth];
        index = new long[depth];
        kind = new int[depth];
    }

    /// @param intendedNanos when it should have been sent
    /// @param now when it is sent
    void add(long intendedNanos, long now, long requestIndex, int requestKind) {
        int slot = (oldest + count) % intended.length;
        intended[slot] = intendedNanos;
        sent[slot] = now;
        index[slot] = requestIndex;
        kind[slot] = requestKind;
        count++;
    }

    int count() {
        return count;
    }

    /// The slot of the oldest; meaningless if there is none.
    int oldest() {
        return oldest;
    }

    void end() {
        oldest = (oldest + 1) % intended.length;
        count--;
    }

    long intended(int slot) {
        return intended[slot];
    }

    long sent(int slot) {
        return sent[slot];
    }

    long index(int slot) {
        return index[slot];
    }

    int kind(int slot) {
        return kind[slot];
    }
}
