package org.precertocsp.signer;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The places in which signatures are computed, and who waits for one. Thread-safe.
///
/// A place that comes free goes to the first of the highest [SigningLane] that waits: nobody
/// overtakes in a lane, where those who came first have the nearer deadline. Renewals leave at
/// least a quarter of the places alone, unless there is only one: a signature under way cannot be
/// made to yield.
final class SigningPlaces {
    enum Outcome {
        TAKEN,
        QUEUE_FULL,
        LATE,
        CLOSED
    }

    private static final List<SigningLane> IN_ORDER = List.of(SigningLane.values());
    private static final int KEPT_FROM_RENEWALS = 4;

    private static final class Lane {
        final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
        int inFlight;
    }

    private static final class Waiter {
        final Condition turn;
        boolean admitted;

        Waiter(Condition turn) {
            this.turn = turn;
        }
    }

    private final int places;
    private final int maxWaiters;
    private final int forRenewals;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<SigningLane, Lane> lanes = new EnumMap<>(SigningLane.class);
    private int inFlight;
    private boolean closed;

    /// @param maxWaiters in each lane; of renewals as many wait as have threads to
    SigningPlaces(int places, int maxWaiters) {
        this.places = places;
        this.maxWaiters = maxWaiters;
        this.forRenewals = Math.max(1, places - Math.ceilDiv(places, KEPT_FROM_RENEWALS));
        IN_ORDER.forEach(lane -> lanes.put(lane, new Lane()));
    }

    /// Blocks until a place is had, and no longer than until the deadline, which renewals have none
    /// of.
    ///
    /// @param deadline as [System#nanoTime]
    Outcome take(SigningLane which, long deadline) throws InterruptedException {
        Lane lane = lane(which);
        lock.lockInterruptibly();
        try {
            if (closed) {
                return Outcome.CLOSED;
            }
            // Where a place is free, nobody waits in a higher lane.
            if (lane.waiters.isEmpty() && isFree(which)) {
                enter(lane);
                return Outcome.TAKEN;
            }
            if (which != SigningLane.RENEWAL && lane.waiters.size() >= maxWaiters) {
                return Outcome.QUEUE_FULL;
            }
            return await(which, deadline);
        } finally {
            lock.unlock();
        }
    }

    void giveBack(SigningLane which) {
        lock.lock();
        try {
            leave(lane(which));
        } finally {
            lock.unlock();
        }
    }

    /// Refuses those who wait and those who come.
    void close() {
        lock.lock();
        try {
            closed = true;
            lanes.values().forEach(lane -> lane.waiters.forEach(waiter -> waiter.turn.signal()));
        } finally {
            lock.unlock();
        }
    }

    int inFlight(SigningLane which) {
        lock.lock();
        try {
            return lane(which).inFlight;
        } finally {
            lock.unlock();
        }
    }

    int waiting(SigningLane which) {
        lock.lock();
        try {
            return lane(which).waiters.size();
        } finally {
            lock.unlock();
        }
    }

    private Outcome await(SigningLane which, long deadline) throws InterruptedException {
        Lane lane = lane(which);
        Waiter waiter = new Waiter(lock.newCondition());
        lane.waiters.add(waiter);
        try {
            while (!waiter.admitted && !closed) {
                long left = deadline - System.nanoTime();
                if (which == SigningLane.RENEWAL) {
                    waiter.turn.await();
                } else if (left <= 0 || (waiter.turn.awaitNanos(left) <= 0 && !waiter.admitted)) {
                    return Outcome.LATE;
                }
            }
            return waiter.admitted ? Outcome.TAKEN : Outcome.CLOSED;
        } catch (InterruptedException e) {
            if (waiter.admitted) {
                leave(lane);
            }
            throw e;
        } finally {
            if (!waiter.admitted) {
                lane.waiters.remove(waiter);
            }
        }
    }

    private boolean isFree(SigningLane which) {
        return inFlight < places
                && (which != SigningLane.RENEWAL || lane(which).inFlight < forRenewals);
    }

    private void enter(Lane lane) {
        lane.inFlight++;
        inFlight++;
    }

    private void leave(Lane left) {
        left.inFlight--;
        inFlight--;
        for (SigningLane which : IN_ORDER) {
            Lane lane = lane(which);
            while (!lane.waiters.isEmpty() && isFree(which) && !closed) {
                Waiter first = lane.waiters.remove();
                first.admitted = true;
                enter(lane);
                first.turn.signal();
            }
        }
    }

    private Lane lane(SigningLane which) {
        Lane lane = lanes.get(which);
        if (lane == null) {
            throw new IllegalStateException("no lane " + which);
        }
        return lane;
    }
}
