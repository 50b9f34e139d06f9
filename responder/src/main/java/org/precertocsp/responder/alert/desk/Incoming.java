package org.precertocsp.responder.alert.desk;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.precertocsp.responder.alert.Incident;

/// Incidents raised and not yet looked at, the same ones together. Thread-safe; raising takes a
/// lock held for one look into a map, never for I/O.
final class Incoming {
    /// Different incidents at once; only a program gone mad has more.
    static final int MAX_DIFFERENT = 10_000;

    private record Key(Incident.Kind kind, String about) {}

    record Raised(Incident incident, long times) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private Map<Key, Raised> raised = new LinkedHashMap<>();
    private boolean awaited = true;
    private long lost;

    void add(Incident incident) {
        lock.lock();
        try {
            Key key = new Key(incident.kind(), incident.about());
            Raised before = raised.get(key);
            if (before == null && raised.size() >= MAX_DIFFERENT) {
                lost++;
                return;
            }
            raised.put(key, new Raised(incident, before == null ? 1 : before.times() + 1));
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// All there are.
    Iterable<Raised> take() {
        lock.lock();
        try {
            Iterable<Raised> taken = raised.values();
            raised = new LinkedHashMap<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// Returns when there is one, when the time is over, or after [#wake].
    @SuppressWarnings("WaitNotInLoop")
    void await(long millis) throws InterruptedException {
        lock.lock();
        try {
            if (raised.isEmpty() && awaited) {
                // Whatever woke us, the desk looks after everything.
                var _ = arrived.await(millis, TimeUnit.MILLISECONDS);
            }
            awaited = true;
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            awaited = false;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long lost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }
}
