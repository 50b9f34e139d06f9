package org.precertocsp.responder.http;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/// The budget of memory for what clients keep unfinished: requests that are not whole, input that
/// waits behind a request, and replies that are not read. Without it every connection may hold all
/// that one request may have. Thread-safe.
///
/// Each of the connections there may be has the same share of the budget for sure. Above the budget
/// the newest of those that hold more than their share are closed until the rest fits, so honest
/// requests that come in pieces are answered while somebody fills the memory.
final class ConnectionMemoryBudget {
    private final long limit;
    private final long share;
    private final OverloadMonitor overload;
    private final SequencedSet<Holder> large = new LinkedHashSet<>();
    private long held;

    ConnectionMemoryBudget(HttpConfig config, OverloadMonitor overload) {
        this.limit = config.maxPendingBytes();
        this.share = limit / config.maxConnections();
        this.overload = overload;
    }

    Holder holder(Channel channel) {
        return new Holder(channel);
    }

    /// Of all connections.
    synchronized long held() {
        return held;
    }

    /// What one connection holds.
    final class Holder {
        private final Channel channel;
        private long bytes;
        private boolean closed;

        private Holder(Channel channel) {
            this.channel = channel;
        }

        /// Before more is allocated, or after it was given back. May close other connections.
        ///
        /// @param now all the connection holds from now on
        /// @return false if it is this connection that must be closed
        boolean hold(long now) {
            return change(this, now);
        }

        /// The connection is closed.
        void end() {
            synchronized (ConnectionMemoryBudget.this) {
                set(this, 0);
                closed = true;
            }
        }
    }

    private boolean change(Holder holder, long now) {
        List<Holder> victims;
        synchronized (this) {
            if (holder.closed && now > 0) {
                return false;
            }
            set(holder, now);
            victims = victims();
        }
        for (Holder victim : victims) {
            overload.reached(OverloadMonitor.Limit.PENDING_BYTES, victim.channel);
            if (victim != holder) {
                var _ = victim.channel.close();
            }
        }
        return !victims.contains(holder);
    }

    private void set(Holder holder, long now) {
        held += now - holder.bytes;
        holder.bytes = now;
        if (now > share) {
            large.add(holder);
        } else {
            large.remove(holder);
        }
    }

    private List<Holder> victims() {
        List<Holder> victims = new ArrayList<>(0);
        while (held > limit && !large.isEmpty()) {
            Holder newest = large.removeLast();
            held -= newest.bytes;
            newest.bytes = 0;
            newest.closed = true;
            victims.add(newest);
        }
        return victims;
    }
}
