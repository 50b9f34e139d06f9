package org.precertocsp.responder.admin;

import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// The private port, for load balancers and orchestrators. Runs until closed.
public final class HealthServer implements AutoCloseable {
    /// Probes come one at a time; more than this is a mistake or an attack.
    private static final int MAX_CONNECTIONS = 64;

    private final WebServer server;

    private HealthServer(WebServer server) {
        this.server = server;
    }

    /// Serves when it returns.
    ///
    /// @param metrics in Prometheus's text format; called for each request, on its thread
    /// @throws IOException if the address cannot be bound
    public static HealthServer start(
            AdminConfig config, List<ReadinessCheck> checks, Supplier<String> metrics)
            throws IOException {
        InetSocketAddress listen = config.listen();
        requireFree(listen);
        WebServer server =
                WebServer.builder()
                        .address(listen.getAddress())
                        .port(listen.getPort())
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .shutdownGracePeriod(Duration.ofMillis(200))
                        .maxTcpConnections(MAX_CONNECTIONS)
                        .maxPayloadSize(0)
                        .routing(routing -> routing.register(new HealthService(checks, metrics)))
                        .build()
                        .start();
        if (!server.isRunning()) {
            throw new IOException("cannot listen on " + listen + ": the log says why");
        }
        return new HealthServer(server);
    }

    /// Helidon logs a failure to bind and stops without an exception, so the reason is asked for
    /// first.
    private static void requireFree(InetSocketAddress listen) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(listen);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + listen + ": " + e.getMessage(), e);
        }
    }

    /// The port bound, also where the configuration said 0.
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }
}
