package org.precertocsp.responder.admin;

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

/// Limits the connections of one Helidon listener such that unidentified clients never lock callers
/// out. Thread-safe.
///
/// Helidon's own limit only stops accepting, and a silent connection then keeps its place. So that
/// limit is off, and every accepted connection is registered here first, through the socket
/// options. A connection begins as a stranger, with a deadline for its first request that includes
/// the TLS handshake. When all places are taken, a new connection displaces another: a stranger if
/// there is one, otherwise a connection of a caller without a role, otherwise an idle one of a
/// known caller. Among equals, one of the network with the most connections is closed (an IPv4
/// address, an IPv6 /64), and of these the one that has been inactive longest. A known caller in
/// the middle of a request is never displaced.
///
/// A connection that Helidon serves and this class does not know would break this class. Both
/// identify connections by the identity hash of the channel.
public final class AdminConnectionLimiter {
    /// @param places connections at once
    /// @param firstRequest from accepting to the first complete request head
    /// @param idle between requests
    /// @param request longest request of an unknown caller
    public record Limits(int places, Duration firstRequest, Duration idle, Duration request) {}

    /// The current state.
    ///
    /// @param strangers connections without a request yet
    /// @param busy connections in the middle of a request
    /// @param displaced closed or refused since the start because all places were taken
    /// @param late closed since the start because they took too long
    public record State(int open, int strangers, int busy, long displaced, long late) {}

    private static final Logger LOG = LoggerFactory.getLogger(AdminConnectionLimiter.class);

    /// The alert ends when no connection was displaced for this long.
    private static final Duration CALM = Duration.ofMinutes(1);

    /// From the last response of a connection to its close.
    private static final Duration LAST = Duration.ofSeconds(1);

    private static final int IPV6_NETWORK_BYTES = 8;

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
            AdminConnectionLimiter.close(channel);
        }
    }

    private final String listener;
    private final Limits limits;
    private final Alarm alarm;
    private final LongSupplier nanos;
    private final Map<String, Connection> connections = new HashMap<>();
    private final Map<String, Long> displacedOf = new HashMap<>();
    private long displaced;
    private long reported;
    private long late;
    private long lastDisplaced;
    private boolean full;
    private boolean checked;

    /// @param listener name for people, such as `private API`
    public AdminConnectionLimiter(String listener, Limits limits, Alarm alarm) {
        this(listener, limits, alarm, System::nanoTime);
    }

    AdminConnectionLimiter(String listener, Limits limits, Alarm alarm, LongSupplier nanos) {
        this.listener = listener;
        this.limits = limits;
        this.alarm = alarm;
        this.nanos = nanos;
    }

    /// For Helidon's `connectionOptions`: it applies them to every socket before anything else, and
    /// drops the socket if that throws.
    public SocketOptions socketOptions() {
        return new RegisteringOptions(SocketOptions.create(), false);
    }

    /// As [#socketOptions()]. Helidon's listeners accept IPv6 whatever their address is: if it is
    /// an IPv4 address, such as `0.0.0.0`, connections over IPv6 are closed.
    public SocketOptions socketOptions(InetAddress listen) {
        return new RegisteringOptions(SocketOptions.create(), listen instanceof Inet4Address);
    }

    /// For Helidon's routing, before all other filters.
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

    /// To be called when the caller of a request has a role.
    public synchronized void markKnown(ServerRequest request) {
        Connection connection = connections.get(request.socketId());
        if (connection != null) {
            connection.rank = Rank.KNOWN;
        }
    }

    /// Helidon's identifier of a channel.
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
                                .formatHex(Arrays.copyOf(address.getAddress(), IPV6_NETWORK_BYTES))
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
            countDisplaced(victim == null ? network : victim.network);
            if (victim == null) {
                throw new IOException(
                        "all connections are taken by callers with requests in progress");
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

    private void countDisplaced(String network) {
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

    /// Closes connections that exceed their time limit, and raises or ends the alert about a full
    /// listener. To be called every second.
    public synchronized void check() {
        forgetClosed();
        long now = nanos.getAsLong();
        List<Connection> slow = new ArrayList<>();
        for (Connection connection : connections.values()) {
            Duration limit = timeLimit(connection);
            if (now - connection.since > limit.toNanos()) {
                slow.add(connection);
            }
        }
        slow.forEach(Connection::close);
        late += slow.size();
        connections.values().removeAll(slow);
        updateAlert(now);
    }

    private Duration timeLimit(Connection connection) {
        if (connection.rank == Rank.STRANGER) {
            return limits.firstRequest();
        }
        if (!connection.busy) {
            // Helidon announces the close and waits for the client.
            return connection.last ? LAST : limits.idle();
        }
        return connection.rank == Rank.KNOWN ? Duration.ofDays(1) : limits.request();
    }

    private void updateAlert(long now) {
        if (displaced > reported) {
            alarm.raise(new Incident(Incident.Kind.CONNECTIONS_FULL, listener, description()));
            if (!full) {
                LOG.warn("{}: {}", listener, description());
            }
            full = true;
            reported = displaced;
            displacedOf.clear();
        } else if (!checked || (full && now - lastDisplaced > CALM.toNanos())) {
            if (full) {
                LOG.info("{}: there are places for new connections again", listener);
            }
            full = false;
            alarm.end(Incident.Kind.CONNECTIONS_FULL, listener);
        }
        checked = true;
    }

    private String description() {
        String most =
                displacedOf.entrySet().stream()
                        .max(Map.Entry.comparingByValue())
                        .map(it -> "%s with %d".formatted(it.getKey(), it.getValue()))
                        .orElse("nobody");
        return ("all %d connections of the %s are taken: %d were closed for new ones, most of %s."
                        + " Known callers are displaced last. Keep strangers away from this port, with a"
                        + " firewall or by listening on a private address")
                .formatted(limits.places(), listener, displaced - reported, most);
    }

    /// The current state.
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

    private final class RegisteringOptions implements SocketOptions {
        private final SocketOptions usual;
        private final boolean onlyIpv4;

        RegisteringOptions(SocketOptions usual, boolean onlyIpv4) {
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
