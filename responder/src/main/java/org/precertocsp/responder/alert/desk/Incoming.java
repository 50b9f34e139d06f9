package org.precertocsp.responder.alert.desk;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.alert.Incident;

/// Incidents raised and ended and not yet looked at, the same ones together. Thread-safe; raising
/// takes a lock held for one look into a map, never for I/O.
final class Incoming {
    /// Different incidents at once; only a program gone mad has more.
    static final int MAX_DIFFERENT = 10_000;

    /// Ends alone leave the rest to what is raised.
    static final int MAX_ENDS = MAX_DIFFERENT / 2;

    private record Key(Incident.Kind kind, String about) {}

    /// Everything of one kind about one thing since the last look, in this order: an end of the
    /// alert before, a number of raises, an end of those. An end between two raises is left out:
    /// the cause was back before anybody could look.
    ///
    /// @param incident as raised last; null where it was only ended
    record Told(
            Incident.Kind kind,
            String about,
            boolean endedBefore,
            @Nullable Incident incident,
            long times,
            boolean endedAfter) {
        private Told raised(Incident again) {
            return new Told(kind, about, endedBefore, again, times + 1, false);
        }

        private Told ended() {
            return incident == null
                    ? this
                    : new Told(kind, about, endedBefore, incident, times, true);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private Map<Key, Told> told = new LinkedHashMap<>();
    private boolean awaited = true;
    private boolean raised;
    private long lost;

    void add(Incident incident) {
        lock.lock();
        try {
            Key key = new Key(incident.kind(), incident.about());
            Told before = told.get(key);
            if (before != null) {
                told.put(key, before.raised(incident));
            } else if (isFull(MAX_DIFFERENT)) {
                return;
            } else {
                told.put(key, new Told(key.kind(), key.about(), false, incident, 1, false));
            }
            raised = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Wakes nobody: an end can wait for the next look, and code that finds its subject in order
    /// says so often.
    void end(Incident.Kind kind, String about) {
        lock.lock();
        try {
            Key key = new Key(kind, Incident.cutAbout(about));
            Told before = told.get(key);
            if (before != null) {
                told.put(key, before.ended());
            } else if (!isFull(MAX_ENDS)) {
                told.put(key, new Told(kind, key.about(), true, null, 0, false));
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull(int most) {
        if (told.size() < most) {
            return false;
        }
        lost++;
        return true;
    }

    /// All there are.
    Iterable<Told> take() {
        lock.lock();
        try {
            Iterable<Told> taken = told.values();
            told = new LinkedHashMap<>();
            raised = false;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// Returns when something was raised, when the time is over, or after [#wake].
    @SuppressWarnings("WaitNotInLoop")
    void await(long millis) throws InterruptedException {
        lock.lock();
        try {
            if (!raised && awaited) {
                // The caller looks at everything, whatever the reason.
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
