package org.precertocsp.responder.http;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/// The memory budget for the unfinished data of clients: incomplete requests, input that waits
/// behind a request, and replies that are not yet read. Without it every connection could hold the
/// maximum of one request. Thread-safe.
///
/// Each possible connection is guaranteed an equal share of the budget. Above the budget, the
/// newest of the connections that hold more than their share are closed until the rest fits, so
/// that honest requests in several pieces are answered while an attacker fills the memory.
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

    /// The bytes that one connection holds.
    final class Holder {
        private final Channel channel;
        private long bytes;
        private boolean closed;

        private Holder(Channel channel) {
            this.channel = channel;
        }

        /// Called before more is allocated, or after memory was released. May close other
        /// connections.
        ///
        /// @param now total bytes the connection holds from now on
        /// @return false if this connection must be closed
        boolean hold(long now) {
            return change(this, now);
        }

        /// Called when the connection is closed.
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
