package org.precertocsp.responder.admin.api;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.precertocsp.responder.admin.access.Role;
import org.precertocsp.responder.admin.change.FactKind;
import org.precertocsp.responder.admin.change.Objection;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.reload.ReloadReport;

/// Every address under `/v1`, and the roles that may use it.
final class Routes implements HttpService {
    static final String PROBLEMS = "/v1/problems";

    private static final Set<Role> EVERYBODY = EnumSet.allOf(Role.class);
    private static final Set<Role> ISSUERS = EnumSet.of(Role.ISSUER, Role.OPERATOR);
    private static final Set<Role> REVOKERS = EnumSet.of(Role.REVOKER, Role.OPERATOR);
    private static final Set<Role> VIEWERS = EnumSet.of(Role.VIEWER, Role.OPERATOR);
    private static final Set<Role> OPERATORS = EnumSet.of(Role.OPERATOR);

    private final List<Route> routes;
    private final Guard guard;

    Routes(Parts parts, ApiConfig config, UploadLimiter uploads, Guard guard) {
        this.guard = guard;
        List<Route> all = new ArrayList<>(all(parts, config, uploads));
        all.addAll(seeing(parts));
        all.add(new Route(Method.GET, "/v1/caller", EVERYBODY, guard::showCaller));
        this.routes = List.copyOf(all);
    }

    private static List<Route> all(Parts parts, ApiConfig config, UploadLimiter uploads) {
        FactService facts = new FactService(parts.facts(), parts.factWriter(), config.patience());
        ReadService read = new ReadService(parts.issuers(), parts.facts(), parts.reader());
        LoadService loads = new LoadService(parts, config.maxUpload(), uploads);
        List<Route> routes = new ArrayList<>();
        for (FactKind kind : FactKind.values()) {
            routes.add(
                    new Route(Method.POST, "/v1/" + kind.word(), permitted(kind), facts.of(kind)));
        }
        for (FeedKind kind : FeedKind.values()) {
            routes.add(
                    new Route(
                            Method.POST,
                            "/v1/loads/" + kind.word(),
                            permitted(kind),
                            loads.of(kind)));
        }
        routes.add(new Route(Method.GET, "/v1/issuers", VIEWERS, read::issuers));
        routes.add(
                new Route(
                        Method.GET,
                        "/v1/issuers/{issuer}/serials/{serial}",
                        VIEWERS,
                        read::serial));
        routes.add(new Route(Method.POST, "/v1/reload", OPERATORS, reload(parts.reload())));
        LevelService levels = new LevelService(parts.audit());
        routes.add(new Route(Method.GET, "/v1/log-levels", VIEWERS, levels::list));
        routes.add(new Route(Method.PUT, "/v1/log-levels/{logger}", OPERATORS, levels::change));
        routes.add(new Route(Method.GET, ApiDocument.PATH, EVERYBODY, ApiDocument::reply));
        routes.add(new Route(Method.GET, PROBLEMS + "/{kind}", EVERYBODY, Problem::explain));
        return List.copyOf(routes);
    }

    private static List<Route> seeing(Parts parts) {
        InsightService insight = new InsightService(parts);
        return List.of(
                new Route(Method.GET, "/v1/overview", VIEWERS, insight::overview),
                new Route(Method.GET, "/v1/alerts", VIEWERS, insight::alerts),
                new Route(
                        Method.POST,
                        "/v1/alerts/{alert}/acknowledgement",
                        OPERATORS,
                        insight::acknowledge),
                new Route(Method.POST, "/v1/lookups", VIEWERS, insight::lookup));
    }

    private static Set<Role> permitted(FactKind kind) {
        return switch (kind) {
            case ANNOUNCEMENT, CANCELLATION, CERTIFICATE -> ISSUERS;
            case REVOCATION, AMENDMENT -> REVOKERS;
        };
    }

    /// A list may both assign and revoke.
    private static Set<Role> permitted(FeedKind kind) {
        return switch (kind) {
            case CERTIFICATES -> ISSUERS;
            case CRL -> REVOKERS;
            case INDEX, CSV -> OPERATORS;
        };
    }

    /// @param reloading what is read again
    record Reloading(String reloading, List<String> reloaded, List<String> needsRestart) {}

    private static Route.Work reload(Supplier<ReloadReport> reload) {
        return (_, _, response) -> {
            ReloadReport report = reload.get();
            if (!report.succeeded()) {
                throw Objection.of(
                        Objection.Kind.RELOAD_FAILED,
                        "the previous ones stay in use: " + String.join("; ", report.failed()));
            }
            ApiResponses.send(
                    response.status(202),
                    new Reloading(
                            "keys and certificates", report.reloaded(), report.needsRestart()));
        };
    }

    List<Route> routes() {
        return routes;
    }

    @Override
    public void routing(HttpRules rules) {
        for (Route route : routes) {
            rules.route(route.method(), route.path(), guard.handler(route));
        }
        routes.stream()
                .map(Route::path)
                .distinct()
                .forEach(path -> rules.any(path, (_, response) -> refuseMethod(path, response)));
        rules.any("/v1/*", Routes::refusePath);
    }

    private void refuseMethod(String path, ServerResponse response) {
        String allowed =
                routes.stream()
                        .filter(route -> route.path().equals(path))
                        .map(route -> route.method().text())
                        .collect(Collectors.joining(", "));
        response.header(HeaderNames.ALLOW, allowed);
        ApiResponses.refuse(
                response, Objection.of(Objection.Kind.METHOD_NOT_ALLOWED, "use " + allowed));
    }

    private static void refusePath(ServerRequest request, ServerResponse response) {
        ApiResponses.refuse(
                response,
                Objection.of(Objection.Kind.NOT_FOUND, ApiDocument.PATH + " lists all addresses"));
    }
}
