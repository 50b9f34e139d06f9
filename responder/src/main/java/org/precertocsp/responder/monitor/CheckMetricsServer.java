package org.precertocsp.responder.monitor;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/// Serves the metrics of the last round at `/metrics`. Thread-safe.
public final class CheckMetricsServer implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 32;

    private final AtomicReference<String> text = new AtomicReference<>("");
    private final String host;
    private final WebServer server;

    private CheckMetricsServer(InetSocketAddress address) {
        host = address.getHostString();
        server =
                WebServer.builder()
                        .address(address.getAddress())
                        .port(address.getPort())
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .shutdownGracePeriod(Duration.ofMillis(200))
                        .maxTcpConnections(MAX_CONNECTIONS)
                        .maxPayloadSize(0)
                        .routing(routes -> routes.get("/metrics", (_, response) -> send(response)))
                        .build()
                        .start();
    }

    /// Listens when it returns.
    ///
    /// @throws IOException if the address cannot be bound
    public static CheckMetricsServer start(InetSocketAddress address) throws IOException {
        // Helidon logs a failure to bind and stops without an exception, so the address is tried
        // first.
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(address);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
        return new CheckMetricsServer(address);
    }

    private void send(ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                .send(text.get());
    }

    /// Replaces the metrics.
    public void show(String metrics) {
        text.set(metrics);
    }

    /// The address and the bound port.
    public String address() {
        return host + ":" + server.port();
    }

    @Override
    public void close() {
        // Helidon does not stop while the thread is interrupted, which is how --watch ends.
        boolean interrupted = Thread.interrupted();
        try {
            server.stop();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
