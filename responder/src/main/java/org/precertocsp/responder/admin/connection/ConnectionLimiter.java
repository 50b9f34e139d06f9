package org.precertocsp.responder.admin.connection;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Limits the connections of one Helidon listener, so that strangers never lock callers out.
/// Thread-safe.
///
/// Helidon only counts connections and stops accepting when there are enough; a connection that
/// says nothing then keeps its place. So its limit is off, and every connection it accepts comes
/// here first, through the socket options. A connection begins as a stranger, and has so long to
/// bring its first request, the TLS handshake included. When all places are taken, a new connection
/// takes the place of another: of a stranger if there is one, else of a connection that was never
/// known to belong to a caller with a role, else of a known one that is idle. Among equals the
/// network with the most connections gives way (an IPv4 address, an IPv6 /64), and of these the one
/// that has waited longest. A known caller in the middle of a request never does.
///
/// What would break it is a connection that Helidon serves and this class does not know. Both know
/// it by the identity of its channel.
public final class ConnectionLimiter {
    /// @param places connections at once
    /// @param firstRequest from being accepted to the first whole request head
    /// @param idle between requests
    /// @param request longest request of a caller not known
    public record Limits(int places, Duration firstRequest, Duration idle, Duration request) {}

    /// A moment's view.
    ///
    /// @param strangers connections without a request yet
    /// @param busy connections in the middle of a request
    /// @param displaced closed or refused since the start because all places were taken
    /// @param late closed since the start because they took too long
    public record State(int open, int strangers, int busy, long displaced, long late) {}

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimiter.class);

    /// An alert ends when no connection was displaced for so long.
    private static final Duration CALM = Duration.ofMinutes(1);

    /// From the last response of a connection to its end.
    private static final Duration LAST = Duration.ofSeconds(1);

    private static final int NETWORK_OCTETS_OF_IPV6 = 8;

    private enum Rank {
        STRANGER,
        ANONYMOUS,
        KNOWN
    }

    private static final class Connection {
        final SocketChannel channel;
        final String network;
        Rank rank = Rank.STRANGER;
        boolean busy;
        boolean last;
        long since;

        Connection(SocketChannel channel, String network, long now) {
            this.channel = channel;
            this.network = network;
            this.since = now;
        }

        void close() {
            ConnectionLimiter.close(channel);
        }
    }

    private final String listener;
    private final Limits limits;
    private final Alarm alarm;
    private final LongSupplier nanos;
    private final Map<String, Connection> connections = new HashMap<>();
    private final Map<String, Long> displacedOf = new HashMap<>();
    private long displaced;
    private long told;
    private long late;
    private long lastDisplaced;
    private boolean full;
    private boolean looked;

    /// @param listener as people know it, such as `private API`
    public ConnectionLimiter(String listener, Limits limits, Alarm alarm) {
        this(listener, limits, alarm, System::nanoTime);
    }

    ConnectionLimiter(String listener, Limits limits, Alarm alarm, LongSupplier nanos) {
        this.listener = listener;
        this.limits = limits;
        this.alarm = alarm;
        this.nanos = nanos;
    }

    /// For Helidon's `connectionOptions`: it configures every socket with them before it does
    /// anything else with it, and leaves the socket alone where that throws.
    public SocketOptions socketOptions() {
        return new Admitting(SocketOptions.create(), false);
    }

    /// As [#socketOptions()]. Helidon's listener has IPv6 clients whatever its address: those of a
    /// listener of an IPv4 address, `0.0.0.0` for one, are closed.
    public SocketOptions socketOptions(InetAddress listen) {
        return new Admitting(SocketOptions.create(), listen instanceof Inet4Address);
    }

    /// For Helidon's routing, before everything else.
    public Filter filter() {
        return (chain, request, response) -> {
            begin(request.socketId());
            try {
                chain.proceed();
            } finally {
                end(request.socketId(), response.headers().contains(HeaderValues.CONNECTION_CLOSE));
            }
        };
    }

    /// The caller behind this request has a role.
    public synchronized void known(ServerRequest request) {
        Connection connection = connections.get(request.socketId());
        if (connection != null) {
            connection.rank = Rank.KNOWN;
        }
    }

    /// The name Helidon gives a channel.
    private static String id(SocketChannel channel) {
        return "0x" + HexFormat.of().toHexDigits(System.identityHashCode(channel));
    }

    private static String network(SocketChannel channel) throws IOException {
        SocketAddress peer = channel.getRemoteAddress();
        if (!(peer instanceof InetSocketAddress inet)) {
            return "this machine";
        }
        InetAddress address = inet.getAddress();
        return address instanceof Inet6Address
                ? HexFormat.ofDelimiter(":")
                                .formatHex(
                                        Arrays.copyOf(address.getAddress(), NETWORK_OCTETS_OF_IPV6))
                        + "::/64"
                : address.getHostAddress();
    }

    /// An IPv4 client of a socket for both families has an IPv4 address here.
    private static boolean isIpv6(SocketChannel channel) throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress it
                && it.getAddress() instanceof Inet6Address;
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("a connection could not be closed", e);
        }
    }

    private synchronized void accept(SocketChannel channel, String network) throws IOException {
        if (connections.size() >= limits.places()) {
            forgetClosed();
        }
        if (connections.size() >= limits.places()) {
            Connection victim = victim().orElse(null);
            note(victim == null ? network : victim.network);
            if (victim == null) {
                throw new IOException("every place is taken by a caller at work");
            }
            connections.values().remove(victim);
            victim.close();
        }
        if (connections.putIfAbsent(
                        id(channel), new Connection(channel, network, nanos.getAsLong()))
                != null) {
            throw new IOException("another connection has this identity");
        }
    }

    private void note(String network) {
        displaced++;
        lastDisplaced = nanos.getAsLong();
        displacedOf.merge(network, 1L, Long::sum);
    }

    private Optional<Connection> victim() {
        return victim(it -> it.rank == Rank.STRANGER)
                .or(() -> victim(it -> it.rank == Rank.ANONYMOUS && !it.busy))
                .or(() -> victim(it -> it.rank == Rank.ANONYMOUS))
                .or(() -> victim(it -> it.rank == Rank.KNOWN && !it.busy));
    }

    private Optional<Connection> victim(Predicate<Connection> eligible) {
        Map<String, Integer> byNetwork = new HashMap<>();
        for (Connection connection : connections.values()) {
            if (eligible.test(connection)) {
                byNetwork.merge(connection.network, 1, Integer::sum);
            }
        }
        int most = byNetwork.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        long now = nanos.getAsLong();
        return connections.values().stream()
                .filter(eligible)
                .filter(it -> byNetwork.getOrDefault(it.network, 0) == most)
                .max(Comparator.comparingLong(it -> now - it.since));
    }

    private void forgetClosed() {
        connections.values().removeIf(it -> !it.channel.isOpen());
    }

    private synchronized void begin(String id) {
        Connection connection = connections.get(id);
        if (connection != null) {
            if (connection.rank == Rank.STRANGER) {
                connection.rank = Rank.ANONYMOUS;
            }
            connection.busy = true;
            connection.since = nanos.getAsLong();
        }
    }

    private synchronized void end(String id, boolean last) {
        Connection connection = connections.get(id);
        if (connection != null) {
            connection.busy = false;
            connection.last = last;
            connection.since = nanos.getAsLong();
        }
    }

    /// Closes what takes too long, and tells people of a listener that is full. To be called each
    /// second.
    public synchronized void look() {
        forgetClosed();
        long now = nanos.getAsLong();
        List<Connection> slow = new ArrayList<>();
        for (Connection connection : connections.values()) {
            Duration patience = patience(connection);
            if (now - connection.since > patience.toNanos()) {
                slow.add(connection);
            }
        }
        slow.forEach(Connection::close);
        late += slow.size();
        connections.values().removeAll(slow);
        tell(now);
    }

    private Duration patience(Connection connection) {
        if (connection.rank == Rank.STRANGER) {
            return limits.firstRequest();
        }
        if (!connection.busy) {
            // Helidon says that it closes, and waits for the client to.
            return connection.last ? LAST : limits.idle();
        }
        return connection.rank == Rank.KNOWN ? Duration.ofDays(1) : limits.request();
    }

    private void tell(long now) {
        if (displaced > told) {
            alarm.raise(new Incident(Incident.Kind.CONNECTIONS_FULL, listener, what()));
            if (!full) {
                LOG.warn("{}: {}", listener, what());
            }
            full = true;
            told = displaced;
            displacedOf.clear();
        } else if (!looked || (full && now - lastDisplaced > CALM.toNanos())) {
            if (full) {
                LOG.info("{}: there are places for new connections again", listener);
            }
            full = false;
            alarm.end(Incident.Kind.CONNECTIONS_FULL, listener);
        }
        looked = true;
    }

    private String what() {
        String most =
                displacedOf.entrySet().stream()
                        .max(Map.Entry.comparingByValue())
                        .map(it -> "%s with %d".formatted(it.getKey(), it.getValue()))
                        .orElse("nobody");
        return ("all %d connections of the %s are taken: %d were closed for new ones, most of %s."
                        + " Callers it knows go last. Keep strangers from this port, by a firewall"
                        + " or by listening on a private address")
                .formatted(limits.places(), listener, displaced - told, most);
    }

    /// As of now.
    public synchronized State state() {
        forgetClosed();
        return new State(
                connections.size(),
                count(it -> it.rank == Rank.STRANGER),
                count(it -> it.busy),
                displaced,
                late);
    }

    private int count(Predicate<Connection> like) {
        return (int) connections.values().stream().filter(like).count();
    }

    private final class Admitting implements SocketOptions {
        private final SocketOptions usual;
        private final boolean onlyIpv4;

        Admitting(SocketOptions usual, boolean onlyIpv4) {
            this.usual = usual;
            this.onlyIpv4 = onlyIpv4;
        }

        @Override
        public void configureSocket(SocketChannel channel) {
            try {
                if (onlyIpv4 && isIpv6(channel)) {
                    throw new IOException("listens on IPv4 only");
                }
                usual.configureSocket(channel);
                accept(channel, network(channel));
            } catch (IOException e) {
                close(channel);
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Map<SocketOption<?>, Object> socketOptions() {
            return usual.socketOptions();
        }

        @Override
        public Duration connectTimeout() {
            return usual.connectTimeout();
        }

        @Override
        public Duration readTimeout() {
            return usual.readTimeout();
        }

        @Override
        public Optional<Integer> socketReceiveBufferSize() {
            return usual.socketReceiveBufferSize();
        }

        @Override
        public Optional<Integer> socketSendBufferSize() {
            return usual.socketSendBufferSize();
        }

        @Override
        public boolean socketReuseAddress() {
            return usual.socketReuseAddress();
        }

        @Override
        public boolean socketKeepAlive() {
            return usual.socketKeepAlive();
        }

        @Override
        public boolean tcpNoDelay() {
            return usual.tcpNoDelay();
        }
    }
}
