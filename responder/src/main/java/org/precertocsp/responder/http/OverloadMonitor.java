package org.precertocsp.responder.http;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.logging.RateLimitedLogger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts connections that were closed or rejected because a limit was reached, and reports them:
/// in the log, at most one line a second, and as one alert for each limit, which ends when the
/// limit was not reached for a while. Thread-safe, never blocks.
public final class OverloadMonitor {
    /// The limits.
    public enum Limit {
        CONNECTIONS(
                "connections",
                "http.limits.connections is reached: silent connections are closed to let new ones"
                        + " in, and where none is silent new ones are rejected. If the clients are"
                        + " wanted, raise it (and the limit of open files); else find the"
                        + " addresses in the log"),
        ADDRESS(
                "address",
                "one client address has as many connections as http.limits.connectionsPerAddress"
                        + " allows: its silent ones are closed for new ones. If it is a proxy or"
                        + " load balancer of yours, list it in http.trustedProxies"),
        PENDING_BYTES(
                "pending",
                "requests that are not whole and replies that are not read fill"
                        + " http.limits.pendingBytes: the newest of the large ones are closed. Find"
                        + " the addresses in the log"),
        OPEN_FILES(
                "files",
                "connections cannot be accepted: most likely the process has too few open files."
                        + " Raise its limit (LimitNOFILE of the unit, ulimit -n) above"
                        + " http.limits.connections");

        private final String word;
        private final String what;

        Limit(String word, String what) {
            this.word = word;
            this.what = what;
        }

        /// Its name in metrics.
        public String word() {
            return word;
        }
    }

    private static final Duration CALM = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(OverloadMonitor.class);

    private final Alarm alarm;
    private final Duration calm;
    private final RateLimitedLogger budget = new RateLimitedLogger(LOG);
    private final Map<Limit, State> states = new EnumMap<>(Limit.class);

    private static final class State {
        final LongAdder count = new LongAdder();
        final AtomicBoolean raised = new AtomicBoolean();
        volatile long last;
    }

    public OverloadMonitor(Alarm alarm) {
        this(alarm, CALM);
    }

    /// @param calm how long a limit must not be reached before its alert ends
    OverloadMonitor(Alarm alarm, Duration calm) {
        this.alarm = alarm;
        this.calm = calm;
        for (Limit limit : Limit.values()) {
            states.put(limit, new State());
        }
    }

    /// Connections closed or rejected so far.
    public long count(Limit limit) {
        return state(limit).count.sum();
    }

    /// @param channel the connection that was closed, or the listener that could not accept one
    void reached(Limit limit, Channel channel) {
        State state = state(limit);
        state.count.increment();
        state.last = System.nanoTime();
        budget.warn(
                "limit of %s reached: closed the connection of %s"
                        .formatted(limit.word, String.valueOf(channel.remoteAddress())));
        if (state.raised.compareAndSet(false, true)) {
            alarm.raise(new Incident(Incident.Kind.CONNECTIONS_FULL, about(limit), limit.what));
            checkLater(limit, channel.eventLoop(), calm.toNanos());
        }
    }

    private void checkLater(Limit limit, EventExecutor executor, long nanos) {
        var _ = executor.schedule(() -> endIfCalm(limit, executor), nanos, TimeUnit.NANOSECONDS);
    }

    private void endIfCalm(Limit limit, EventExecutor executor) {
        State state = state(limit);
        long left = calm.toNanos() - (System.nanoTime() - state.last);
        if (left > 0) {
            checkLater(limit, executor, left);
            return;
        }
        LOG.info("limit of {} is no longer reached", limit.word);
        alarm.end(Incident.Kind.CONNECTIONS_FULL, about(limit));
        // Last: an alert raised meanwhile must not end. The next connection raises it again.
        state.raised.set(false);
    }

    private static String about(Limit limit) {
        return "public endpoint: " + limit.word;
    }

    private State state(Limit limit) {
        State state = states.get(limit);
        if (state == null) {
            throw new IllegalStateException("a limit without a state: " + limit);
        }
        return state;
    }
}
