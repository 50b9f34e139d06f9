package org.precertocsp.responder.http;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;

/// The open connections, the limits on new ones, and the shutdown of all. Thread-safe.
///
/// If all places are taken, or all that one address may have, the connection that has been silent
/// for longest is closed for the new one: first those that never sent anything, then those between
/// requests, then those that are slow to send a request or to read a reply. So a client that only
/// holds connections cannot lock others out, however many it holds: an honest request arrives
/// before its connection is the oldest. Connections of trusted proxies have no limit per address
/// and are closed last. A connection that waits for its answer is never closed; if there are only
/// such, the new one is rejected.
final class ConnectionLimiter {
    /// Sent to every connection when the server stops: finish the current requests, accept no new
    /// ones.
    enum Event {
        DRAIN
    }

    /// Of the connections examined, one in this many is remembered as the next to be closed.
    /// Examining all for each new one would let a flood of them occupy a processor.
    private static final int REMEMBERED = 16;

    /// The prefix of an IPv6 address that identifies the client's network.
    private static final int NETWORK_BYTES = 8;

    /// Delay before the next search after all were found busy.
    private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(50);

    private final HttpConfig config;
    private final OverloadMonitor overload;
    private final Crowd all;
    private final Map<Object, Crowd> addresses = new HashMap<>();
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile boolean draining;

    ConnectionLimiter(HttpConfig config, OverloadMonitor overload) {
        this.config = config;
        this.overload = overload;
        this.all = new Crowd(config.maxConnections(), OverloadMonitor.Limit.CONNECTIONS);
    }

    /// False if the limit is reached, or the server stops; the caller then closes it.
    boolean admit(OcspConnectionHandler conversation) {
        Channel channel = conversation.channel();
        SocketAddress remote = channel.remoteAddress();
        Optional<InetAddress> client =
                remote instanceof InetSocketAddress it
                        ? Optional.ofNullable(it.getAddress())
                        : Optional.empty();
        boolean trusted = client.isPresent() && isTrusted(client.get());
        Object address = client.map(ConnectionLimiter::party).orElse("unknown");
        Entry entry = new Entry(conversation, trusted);
        synchronized (this) {
            Crowd own =
                    trusted
                            ? null
                            : addresses.computeIfAbsent(
                                    address,
                                    _ ->
                                            new Crowd(
                                                    config.maxConnectionsPerAddress(),
                                                    OverloadMonitor.Limit.ADDRESS));
            entry.crowd = own;
            boolean admitted = !draining && (own == null || own.makeRoom(channel));
            admitted = admitted && all.makeRoom(channel);
            if (!admitted) {
                if (own != null && own.members.isEmpty()) {
                    addresses.remove(address);
                }
                return false;
            }
            all.members.add(entry);
            if (own != null) {
                own.members.add(entry);
                // It may have been empty for a moment, and removed.
                addresses.put(address, own);
            }
        }
        channels.add(channel);
        channel.closeFuture().addListener(_ -> left(entry, address));
        return true;
    }

    private void leaves(Candidate victim) {
        Entry entry = victim.entry;
        all.leaving.add(entry);
        if (entry.crowd != null) {
            entry.crowd.leaving.add(entry);
        }
        entry.conversation.closeIfSilent(victim.silence, () -> stays(entry));
    }

    private synchronized void stays(Entry entry) {
        all.leaving.remove(entry);
        if (entry.crowd != null) {
            entry.crowd.leaving.remove(entry);
        }
    }

    private synchronized void left(Entry entry, Object address) {
        all.leave(entry);
        Crowd own = entry.crowd;
        if (own != null) {
            own.leave(entry);
            if (own.members.isEmpty()) {
                addresses.remove(address, own);
            }
        }
    }

    private boolean isTrusted(InetAddress client) {
        if (config.trustedProxies().isEmpty()) {
            return false;
        }
        InetAddress plain = unmapped(client);
        return config.trustedProxies().stream().anyMatch(range -> range.contains(plain));
    }

    /// Identifies one client: an IPv4 address, or a network of 64 bits, since one IPv6 client has
    /// all of its addresses.
    static Object party(InetAddress client) {
        InetAddress plain = unmapped(client);
        return plain instanceof Inet6Address
                ? ByteString.of(plain.getAddress(), 0, NETWORK_BYTES)
                : plain;
    }

    /// A socket for both families reports IPv4 clients as mapped IPv6 addresses.
    private static InetAddress unmapped(InetAddress client) {
        try {
            return client instanceof Inet6Address
                    ? InetAddress.getByAddress(client.getAddress())
                    : client;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    synchronized int open() {
        return all.members.size();
    }

    boolean isDraining() {
        return draining;
    }

    /// Waits for answers in progress, then closes the remaining connections. Accepts no new ones.
    void drain(Duration patience) {
        draining = true;
        for (Channel channel : channels) {
            channel.pipeline().fireUserEventTriggered(Event.DRAIN);
        }
        channels.newCloseFuture().awaitUninterruptibly(patience.toMillis(), TimeUnit.MILLISECONDS);
        channels.close().awaitUninterruptibly();
    }

    private static final class Entry {
        final OcspConnectionHandler conversation;
        final boolean trusted;
        @Nullable Crowd crowd;

        Entry(OcspConnectionHandler conversation, boolean trusted) {
            this.conversation = conversation;
            this.trusted = trusted;
        }
    }

    /// A connection that may be closed for another, as of when it was examined.
    private record Candidate(Entry entry, OcspConnectionHandler.Silence silence) {
        /// Above all ranks of silence.
        private static final int TRUSTED = 100;

        static final Comparator<Candidate> FIRST_TO_GO =
                Comparator.comparingInt(Candidate::rank)
                        .thenComparing(
                                (one, other) ->
                                        Long.signum(one.silence.since() - other.silence.since()));

        private int rank() {
            return silence.rank() + (entry.trusted ? TRUSTED : 0);
        }

        boolean isStillSilent() {
            OcspConnectionHandler.Silence now = entry.conversation.silence(System.nanoTime());
            return now != null && now.since() == silence.since();
        }
    }

    /// All connections, or those of one client. Guarded by the lock of [ConnectionLimiter].
    private final class Crowd {
        private final int limit;
        private final OverloadMonitor.Limit named;
        private final Set<Entry> members = new HashSet<>(2);
        private final Set<Entry> leaving = new HashSet<>(2);
        private final Queue<Candidate> candidates = new ArrayDeque<>(1);
        private long lookAgain = System.nanoTime();

        Crowd(int limit, OverloadMonitor.Limit named) {
            this.limit = limit;
            this.named = named;
        }

        /// False if the limit is reached. Connections that were asked to close still count for a
        /// moment.
        boolean makeRoom(Channel newcomer) {
            if (members.size() - leaving.size() < limit) {
                return true;
            }
            Candidate victim = leaving.size() <= limit / REMEMBERED + 1 ? next() : null;
            if (victim == null) {
                overload.reached(named, newcomer);
                return false;
            }
            overload.reached(named, victim.entry.conversation.channel());
            leaves(victim);
            return true;
        }

        void leave(Entry entry) {
            members.remove(entry);
            leaving.remove(entry);
        }

        private @Nullable Candidate next() {
            Candidate next = remembered();
            long now = System.nanoTime();
            if (next == null && now - lookAgain >= 0) {
                look(now);
                next = remembered();
                if (next == null) {
                    lookAgain = now + LOOK_AGAIN;
                }
            }
            return next;
        }

        private @Nullable Candidate remembered() {
            Candidate next = candidates.poll();
            while (next != null
                    && (!members.contains(next.entry)
                            || leaving.contains(next.entry)
                            || !next.isStillSilent())) {
                next = candidates.poll();
            }
            return next;
        }

        private void look(long now) {
            List<Candidate> silent = new ArrayList<>();
            for (Entry entry : members) {
                OcspConnectionHandler.Silence silence = entry.conversation.silence(now);
                if (silence != null && !leaving.contains(entry)) {
                    silent.add(new Candidate(entry, silence));
                }
            }
            silent.sort(Candidate.FIRST_TO_GO);
            candidates.addAll(
                    silent.subList(0, Math.min(silent.size(), silent.size() / REMEMBERED + 1)));
        }
    }
}
