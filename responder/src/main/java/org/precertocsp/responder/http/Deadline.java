package org.precertocsp.responder.http;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends a connection that is too slow, whatever it is slow at.
///
/// Moving the deadline is a field write: the timer looks at it when it fires, at intervals no
/// longer than the shortest time ever asked for, so that no deadline passes unseen. A timer per
/// request would cost a heap insertion for each. Used from one event loop only.
final class Deadline {
    private final EventExecutor loop;
    private final long shortest;
    private final Runnable whenMissed;
    private long since = System.nanoTime();
    private long at;
    private boolean counting;
    private @Nullable Future<?> timer;

    Deadline(EventExecutor loop, Duration shortest, Runnable whenMissed) {
        this.loop = loop;
        this.shortest = shortest.toNanos();
        this.whenMissed = whenMissed;
    }

    /// @param time from now; not below the shortest
    void in(Duration time) {
        since = System.nanoTime();
        at = since + time.toNanos();
        counting = true;
        if (timer == null) {
            look();
        }
    }

    /// When [#in] was last called, as [System#nanoTime]. For any thread; what it reads may be a
    /// moment old.
    long since() {
        return since;
    }

    /// Lets things take their time until the next [#in].
    void none() {
        counting = false;
    }

    void cancel() {
        counting = false;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void look() {
        long left = counting ? at - System.nanoTime() : shortest;
        if (left <= 0) {
            whenMissed.run();
            return;
        }
        timer = loop.schedule(this::look, Math.min(left, shortest), TimeUnit.NANOSECONDS);
    }
}
