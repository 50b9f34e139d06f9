package org.precertocsp.responder.store;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.precertocsp.responder.status.StoreException;

/// Admits any number of threads to the native library and, once it is shut, none: a call after the
/// database is freed would crash the process.
///
/// Entering and leaving are one addition each, to a counter that is seldom written by another core;
/// one lock shared by all costs several times that as soon as two event loops look up serials.
final class CloseGuard {
    private static final int STRIPES = 64;
    // Two cache lines apart, since processors fetch them in pairs.
    private static final int SPREAD = 32;
    private static final long POLL_NANOS = 50_000;

    private final AtomicIntegerArray inside = new AtomicIntegerArray(STRIPES * SPREAD);
    private volatile boolean shut;

    /// @return the argument of [#leave]
    /// @throws StoreException the guard is shut
    int enter() {
        int stripe = ((int) Thread.currentThread().threadId() & (STRIPES - 1)) * SPREAD;
        inside.getAndIncrement(stripe);
        // After counting: either the thread that shuts the guard then waits for us, or we see it
        // shut.
        if (shut) {
            inside.getAndDecrement(stripe);
            throw new StoreException("the store is closed", null);
        }
        return stripe;
    }

    void leave(int stripe) {
        inside.getAndDecrement(stripe);
    }

    /// Admits threads again, to the database that replaced the freed one.
    synchronized void reopen() {
        shut = false;
    }

    /// The result of shutting.
    enum Shut {
        /// No thread is inside.
        EMPTY,
        /// It was shut before.
        BEFORE,
        /// A thread does not leave: the objects it uses must not be freed.
        STILL_INSIDE
    }

    /// Admits no more threads and waits for those inside, with a time limit: a disk may hang.
    synchronized Shut shut(Duration limit) {
        if (shut) {
            return Shut.BEFORE;
        }
        shut = true;
        long end = System.nanoTime() + limit.toNanos();
        for (int i = 0; i < STRIPES; i++) {
            while (inside.get(i * SPREAD) != 0) {
                if (System.nanoTime() - end > 0) {
                    return Shut.STILL_INSIDE;
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        return Shut.EMPTY;
    }
}
