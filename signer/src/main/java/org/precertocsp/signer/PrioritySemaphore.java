package org.precertocsp.signer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Limits concurrent signatures and orders the callers that wait. Thread-safe.
///
/// A free permit goes to the first caller of the highest [SigningPriority] that waits: the order
/// within a priority is first come, first served, since earlier callers have earlier deadlines. A
/// priority that was passed over a fixed number of times is served next whatever waits above it, so
/// that each has a share of a key that is overloaded by the others: clients and renewals every
/// fourth signature, single-use responses every sixteenth.
///
/// A signature in progress cannot be preempted. So the two lowest priorities together leave at
/// least a quarter of the permits free, and the lowest has at most a quarter, unless that is none.
final class PrioritySemaphore {
    enum Outcome {
        TAKEN,
        QUEUE_FULL,
        LATE,
        CLOSED
    }

    private static final List<SigningPriority> IN_ORDER = List.of(SigningPriority.values());
    private static final int QUARTER = 4;

    /// Each occupies a thread of the caller's, and more would serve no purpose.
    private static final int MOST_SINGLE_USE_WAITERS = 16;

    private static final class Lane {
        final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
        int inFlight;

        /// How often a permit it could have used went to another, since it last received one.
        int passedOver;

        final int mostPassedOver;

        Lane(SigningPriority which) {
            this.mostPassedOver = mostPassedOver(which);
        }
    }

    private static final class Waiter {
        final Condition turn;
        boolean admitted;

        Waiter(Condition turn) {
            this.turn = turn;
        }
    }

    private final int permits;
    private final int maxWaiters;
    private final int forLowest;
    private final int forSingleUse;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<SigningPriority, Lane> lanes = new EnumMap<>(SigningPriority.class);
    private int inFlight;
    private boolean closed;

    /// @param maxWaiters for each priority; renewals are limited by their number of threads
    ///   instead, single-use responses to sixteen at most
    PrioritySemaphore(int permits, int maxWaiters) {
        this.permits = permits;
        this.maxWaiters = maxWaiters;
        this.forLowest = Math.max(1, permits - Math.ceilDiv(permits, QUARTER));
        this.forSingleUse = Math.max(1, permits / QUARTER);
        IN_ORDER.forEach(lane -> lanes.put(lane, new Lane(lane)));
    }

    /// Maximum number of single-use callers that hold a permit or wait for one.
    static int mostSingleUse(int permits, int maxWaiters) {
        return Math.max(1, permits / QUARTER) + Math.min(maxWaiters, MOST_SINGLE_USE_WAITERS);
    }

    /// Blocks until a permit is acquired, at most until the deadline; renewals have no deadline.
    ///
    /// @param deadline as [System#nanoTime]
    Outcome take(SigningPriority which, long deadline) throws InterruptedException {
        Lane lane = lane(which);
        lock.lockInterruptibly();
        try {
            if (closed) {
                return Outcome.CLOSED;
            }
            // If a permit is free, no caller of a higher priority waits.
            if (lane.waiters.isEmpty() && isFree(which)) {
                enter(lane);
                return Outcome.TAKEN;
            }
            if (lane.waiters.size() >= maxWaiters(which)) {
                return Outcome.QUEUE_FULL;
            }
            return await(which, deadline);
        } finally {
            lock.unlock();
        }
    }

    void giveBack(SigningPriority which) {
        lock.lock();
        try {
            leave(lane(which));
        } finally {
            lock.unlock();
        }
    }

    /// Rejects waiting and new callers.
    void close() {
        lock.lock();
        try {
            closed = true;
            lanes.values().forEach(lane -> lane.waiters.forEach(waiter -> waiter.turn.signal()));
        } finally {
            lock.unlock();
        }
    }

    int inFlight(SigningPriority which) {
        lock.lock();
        try {
            return lane(which).inFlight;
        } finally {
            lock.unlock();
        }
    }

    int waiting(SigningPriority which) {
        lock.lock();
        try {
            return lane(which).waiters.size();
        } finally {
            lock.unlock();
        }
    }

    private Outcome await(SigningPriority which, long deadline) throws InterruptedException {
        Lane lane = lane(which);
        Waiter waiter = new Waiter(lock.newCondition());
        lane.waiters.add(waiter);
        try {
            while (!waiter.admitted && !closed) {
                long left = deadline - System.nanoTime();
                if (which == SigningPriority.RENEWAL) {
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

    private int maxWaiters(SigningPriority which) {
        return switch (which) {
            case REVOCATION, LIVE -> maxWaiters;
            case RENEWAL -> Integer.MAX_VALUE;
            case SINGLE_USE -> Math.min(maxWaiters, MOST_SINGLE_USE_WAITERS);
        };
    }

    private static int mostPassedOver(SigningPriority which) {
        return switch (which) {
            case REVOCATION, LIVE, RENEWAL -> 3;
            case SINGLE_USE -> 15;
        };
    }

    private boolean isFree(SigningPriority which) {
        int lowest =
                lane(SigningPriority.RENEWAL).inFlight + lane(SigningPriority.SINGLE_USE).inFlight;
        return inFlight < permits
                && switch (which) {
                    case REVOCATION, LIVE -> true;
                    case RENEWAL -> lowest < forLowest;
                    case SINGLE_USE -> lowest < forLowest && lane(which).inFlight < forSingleUse;
                };
    }

    private void enter(Lane lane) {
        lane.inFlight++;
        lane.passedOver = 0;
        inFlight++;
    }

    private void leave(Lane left) {
        left.inFlight--;
        inFlight--;
        List<Lane> ready = ready();
        while (!ready.isEmpty() && !closed) {
            Lane next = next(ready);
            ready.forEach(lane -> lane.passedOver++);
            Waiter first = next.waiters.remove();
            first.admitted = true;
            enter(next);
            first.turn.signal();
            ready = ready();
        }
    }

    /// The priorities whose first waiter could take a permit now, in order.
    private List<Lane> ready() {
        List<Lane> ready = new ArrayList<>(IN_ORDER.size());
        for (SigningPriority which : IN_ORDER) {
            if (!lane(which).waiters.isEmpty() && isFree(which)) {
                ready.add(lane(which));
            }
        }
        return ready;
    }

    private static Lane next(List<Lane> ready) {
        for (Lane lane : ready) {
            if (lane.passedOver >= lane.mostPassedOver) {
                return lane;
            }
        }
        return ready.getFirst();
    }

    private Lane lane(SigningPriority which) {
        Lane lane = lanes.get(which);
        if (lane == null) {
            throw new IllegalStateException("no lane " + which);
        }
        return lane;
    }
}
