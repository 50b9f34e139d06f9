package org.precertocsp.responder.admin;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.task.BackgroundTasks;
import org.precertocsp.responder.task.ReadinessCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The private port, for load balancers and orchestrators. Runs until closed.
public final class HealthServer implements AutoCloseable {
    /// Few probes connect at once; more than this is an error or an attack.
    private static final AdminConnectionLimiter.Limits LIMITS =
            new AdminConnectionLimiter.Limits(
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
        AdminConnectionLimiter limiter =
                new AdminConnectionLimiter("port for probes and metrics", LIMITS, alarm);
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
                                                .addFilter(new HostHeaderFilter())
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

    /// The bound port, also if the configured port is 0.
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        connectionCheck.close();
        server.stop();
    }

    /// `/healthz`: 200 while the process runs. `/readyz`: 200, or 503 with the reasons; both list
    /// what is degraded and what works. `/metrics`: for Prometheus.
    static final class HealthService implements HttpService {
        /// The body of `/readyz`.
        ///
        /// @param reasons why it is not ready
        /// @param degraded failures that are tolerated
        /// @param works checks without a problem
        private record Readiness(
                boolean ready, List<String> reasons, List<String> degraded, List<String> works) {}

        private static final Logger LOG = LoggerFactory.getLogger(HealthService.class);

        private final List<ReadinessCheck> checks;
        private final Supplier<String> metrics;

        HealthService(List<ReadinessCheck> checks, Supplier<String> metrics) {
            this.checks = List.copyOf(checks);
            this.metrics = metrics;
        }

        @Override
        public void routing(HttpRules rules) {
            rules.get("/healthz", HealthService::live)
                    .head("/healthz", HealthService::live)
                    .any("/healthz", HealthService::refuseMethod)
                    .get("/readyz", this::ready)
                    .head("/readyz", this::ready)
                    .any("/readyz", HealthService::refuseMethod)
                    .get("/metrics", this::metrics)
                    .head("/metrics", this::metrics)
                    .any("/metrics", HealthService::refuseMethod);
        }

        private static void live(ServerRequest request, ServerResponse response) {
            uncached(response)
                    .header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                    .send("ok\n");
        }

        private void ready(ServerRequest request, ServerResponse response) {
            Readiness readiness = readiness();
            Status status = readiness.ready() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503;
            uncached(response)
                    .status(status)
                    .header(HeaderNames.CONTENT_TYPE, "application/json")
                    .send(Json.line(readiness) + "\n");
        }

        private void metrics(ServerRequest request, ServerResponse response) {
            uncached(response)
                    .header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                    .send(metrics.get());
        }

        private Readiness readiness() {
            List<String> reasons = new ArrayList<>();
            List<String> degraded = new ArrayList<>();
            List<String> works = new ArrayList<>();
            for (ReadinessCheck check : checks) {
                try {
                    Optional<String> problem = check.problem().get();
                    if (problem.isEmpty()) {
                        works.add(check.name());
                    } else {
                        (check.tolerated().getAsBoolean() ? degraded : reasons)
                                .add(check.name() + ": " + problem.get());
                    }
                } catch (RuntimeException e) {
                    // A check that fails itself counts as a problem.
                    LOG.warn("readiness check {} failed", check.name(), e);
                    reasons.add(check.name() + ": the check failed, see the log");
                }
            }
            return new Readiness(reasons.isEmpty(), reasons, degraded, works);
        }

        private static void refuseMethod(ServerRequest request, ServerResponse response) {
            uncached(response)
                    .status(Status.METHOD_NOT_ALLOWED_405)
                    .header(HeaderNames.ALLOW, "GET, HEAD")
                    .send();
        }

        private static ServerResponse uncached(ServerResponse response) {
            return response.header(HeaderNames.CACHE_CONTROL, "no-store");
        }
    }
}
