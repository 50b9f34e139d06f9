package org.precertocsp.responder.admin;

import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.precertocsp.responder.admin.connection.ConnectionLimiter;
import org.precertocsp.responder.admin.connection.HostCheck;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.task.BackgroundTasks;

/// The private port, for load balancers and orchestrators. Runs until closed.
public final class HealthServer implements AutoCloseable {
    /// Few probes connect at once; more than this is an error or an attack.
    private static final ConnectionLimiter.Limits LIMITS =
            new ConnectionLimiter.Limits(
                    256, Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofSeconds(30));

    private static final Duration CHECK_EVERY = Duration.ofSeconds(1);

    private final WebServer server;
    private final BackgroundTasks.Task connectionCheck;

    private HealthServer(WebServer server, BackgroundTasks.Task connectionCheck) {
        this.server = server;
        this.connectionCheck = connectionCheck;
    }

    /// Listens when it returns.
    ///
    /// @param metrics in Prometheus's text format; called for each request, on its thread
    /// @param alarm notified when all connections are taken
    /// @throws IOException if the address cannot be bound
    public static HealthServer start(
            AdminConfig config,
            List<ReadinessCheck> checks,
            Supplier<String> metrics,
            Alarm alarm,
            BackgroundTasks tasks)
            throws IOException {
        InetSocketAddress listen = config.listen();
        requireFree(listen);
        ConnectionLimiter limiter =
                new ConnectionLimiter("port for probes and metrics", LIMITS, alarm);
        WebServer server =
                WebServer.builder()
                        .address(listen.getAddress())
                        .port(listen.getPort())
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .shutdownGracePeriod(Duration.ofMillis(200))
                        .maxTcpConnections(-1)
                        .connectionOptions(limiter.socketOptions(listen.getAddress()))
                        .maxPayloadSize(0)
                        .routing(
                                routing ->
                                        routing.addFilter(limiter.filter())
                                                .addFilter(new HostCheck())
                                                .register(new HealthService(checks, metrics)))
                        .build()
                        .start();
        if (!server.isRunning()) {
            throw new IOException("cannot listen on " + listen + ": see the log");
        }
        return new HealthServer(
                server, tasks.every("health-connections", CHECK_EVERY, limiter::check));
    }

    /// Helidon logs a failure to bind and stops without an exception, so the address is tried
    /// first.
    private static void requireFree(InetSocketAddress listen) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(listen);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + listen + ": " + e.getMessage(), e);
        }
    }

    /// The bound port, also where the configuration says 0.
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        connectionCheck.close();
        server.stop();
    }
}
