package org.precertocsp.loadtest.drive;

/// Connections with room for a request, first in first out, so that all of them are used alike; a
/// connection is in it once for every request it has room for.
final class FreeSlots {
    private final Connection[] ring;
    private int first;
    private int count;

    FreeSlots(int capacity) {
        ring = new Connection[capacity];
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == ring.length;
    }

    void add(Connection connection) {
        ring[(first + count) % ring.length] = connection;
        count++;
    }

    Connection take() {
        Connection taken = ring[first];
        first = (first + 1) % ring.length;
        count--;
        return taken;
    }
}
