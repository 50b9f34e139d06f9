package org.precertocsp.responder.admin;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.precertocsp.responder.io.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/healthz`: 200 while the process runs. `/readyz`: 200, or 503 with the reasons; both list what
/// is degraded and what works. `/metrics`: for Prometheus.
final class HealthService implements HttpService {
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
