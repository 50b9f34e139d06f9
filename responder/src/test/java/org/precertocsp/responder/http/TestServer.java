package org.precertocsp.responder.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.request.OcspRequestDecoder;
import org.precertocsp.responder.request.RequestLimits;

/// A server on a port of its own with a fake behind it.
final class TestServer implements AutoCloseable {
    /// Small limits, so that tests reach them quickly.
    static final HttpConfig CONFIG =
            configOf(
                    List.of(loopback()),
                    "/",
                    50,
                    50,
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(5));

    final FakeSource source;
    final RequestMetrics traffic = new RequestMetrics();

    /// What was raised, and `end of …`.
    final List<String> alerts = new CopyOnWriteArrayList<>();

    private final Alarm alarm =
            new Alarm() {
                @Override
                public void raise(Incident incident) {
                    alerts.add(incident.kind() + " " + incident.about());
                }

                @Override
                public void end(Incident.Kind kind, String about) {
                    alerts.add("end of " + kind + " " + about);
                }
            };

    private final OcspHttpServer server;

    TestServer(HttpConfig config, NettyTransport transport) {
        this(config, transport, FastReplyLookup.NONE, new FakeSource());
    }

    TestServer(HttpConfig config, Duration calm) {
        this(config, NettyTransport.best(), FastReplyLookup.NONE, new FakeSource(), calm);
    }

    private TestServer(
            HttpConfig config, NettyTransport transport, FastReplyLookup ready, FakeSource source) {
        this(config, transport, ready, source, Duration.ofMinutes(1));
    }

    private TestServer(
            HttpConfig config,
            NettyTransport transport,
            FastReplyLookup ready,
            FakeSource source,
            Duration calm) {
        this.source = source;
        OverloadMonitor overload = new OverloadMonitor(alarm, calm);
        InstantSource clock = InstantSource.fixed(FakeSource.NOW);
        OcspRequestDecoder decoder = new OcspRequestDecoder(new RequestLimits(10));
        OcspServiceConfig answering =
                new OcspServiceConfig(
                        decoder,
                        new IssuerDirectory(List.of()),
                        ready,
                        OcspServiceConfig.Sources.of(source),
                        config.maxInFlight(),
                        1,
                        new OcspServiceConfig.SingleUse(request -> request.size() > 1, 1),
                        traffic,
                        overload);
        try {
            server = OcspHttpServer.start(ServerContext.of(config, answering, clock), transport);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TestServer start() {
        return new TestServer(CONFIG, NettyTransport.best());
    }

    /// With replies that are ready, and the fake for the others.
    static TestServer with(FastReplyLookup ready) {
        return new TestServer(CONFIG, NettyTransport.best(), ready, new FakeSource());
    }

    static TestServer under(String path) {
        return new TestServer(configUnder(path), NettyTransport.best());
    }

    static HttpConfig configUnder(String path) {
        return configOf(
                CONFIG.listen(),
                path,
                CONFIG.maxConnections(),
                CONFIG.maxInFlight(),
                CONFIG.headerTimeout(),
                CONFIG.idleTimeout(),
                CONFIG.drain());
    }

    /// @param times header, idle and drain timeouts
    static TestServer with(int maxConnections, int maxInFlight, Duration... times) {
        return new TestServer(
                configOf(CONFIG.listen(), "/", maxConnections, maxInFlight, times),
                NettyTransport.best());
    }

    /// @param times header, idle and drain timeouts
    static HttpConfig configOf(
            List<InetSocketAddress> listen,
            String path,
            int maxConnections,
            int maxInFlight,
            Duration... times) {
        return new HttpConfig(
                listen,
                path,
                2000,
                4000,
                5000,
                64,
                1 << 20,
                maxConnections,
                maxConnections,
                List.of(),
                maxInFlight,
                times[0],
                times[1],
                times[2]);
    }

    OcspHttpServer http() {
        return server;
    }

    InetSocketAddress address() {
        return server.addresses().getFirst();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + address().getPort() + path);
    }

    Wire connect() {
        return new Wire(address());
    }

    /// One request on a connection of its own.
    Wire.Reply ask(String request) {
        try (Wire wire = connect()) {
            return wire.send(request).reply();
        }
    }

    @Override
    public void close() {
        source.release();
        server.close();
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    }
}
