package org.precertocsp.responder.admin;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.alert.AlertChannelState;
import org.precertocsp.responder.alert.AlertJson;
import org.precertocsp.responder.alert.Alerts;
import org.precertocsp.responder.audit.AuditEvent;
import org.precertocsp.responder.audit.AuditTrail;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.logging.LogLevels;
import org.precertocsp.responder.logging.LoggingConfig;
import org.precertocsp.responder.reload.ReloadReport;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.SerialStatus;
import org.precertocsp.responder.status.StatusReader;

/// Every address under `/v1`, and the roles that may use it.
final class ApiRoutes implements HttpService {
    static final String PROBLEMS = "/v1/problems";

    private static final Set<Role> EVERYBODY = EnumSet.complementOf(EnumSet.of(Role.EDGE));
    private static final Set<Role> ISSUERS = EnumSet.of(Role.ISSUER, Role.OPERATOR);
    private static final Set<Role> REVOKERS = EnumSet.of(Role.REVOKER, Role.OPERATOR);
    private static final Set<Role> VIEWERS = EnumSet.of(Role.VIEWER, Role.OPERATOR);
    private static final Set<Role> OPERATORS = EnumSet.of(Role.OPERATOR);

    private final List<ApiRoute> routes;
    private final RequestAuthorizer guard;

    ApiRoutes(ApiContext parts, ApiConfig config, UploadLimiter uploads, RequestAuthorizer guard) {
        this.guard = guard;
        List<ApiRoute> all = new ArrayList<>(all(parts, config, uploads));
        all.addAll(seeing(parts));
        all.add(new ApiRoute(Method.GET, "/v1/caller", EVERYBODY, guard::showCaller));
        this.routes = List.copyOf(all);
    }

    private static List<ApiRoute> all(ApiContext parts, ApiConfig config, UploadLimiter uploads) {
        ClusterChangeService cluster = new ClusterChangeService(parts.cluster());
        ChangeService facts =
                new ChangeService(parts.facts(), parts.factWriter(), cluster, config.patience());
        StatusService read = new StatusService(parts.issuers(), parts.facts(), parts.reader());
        UploadService loads = new UploadService(parts, cluster, config.maxUpload(), uploads);
        List<ApiRoute> routes = new ArrayList<>();
        for (ChangeRequestKind kind : ChangeRequestKind.values()) {
            routes.add(
                    new ApiRoute(
                            Method.POST, "/v1/" + kind.word(), permitted(kind), facts.of(kind)));
        }
        routes.add(
                new ApiRoute(
                        Method.GET,
                        ClusterChangeService.PATH + "{change}",
                        EVERYBODY,
                        cluster::state));
        for (FeedKind kind : FeedKind.values()) {
            routes.add(
                    new ApiRoute(
                            Method.POST,
                            "/v1/loads/" + kind.word(),
                            permitted(kind),
                            loads.of(kind)));
        }
        routes.add(new ApiRoute(Method.GET, "/v1/issuers", VIEWERS, read::issuers));
        routes.add(
                new ApiRoute(
                        Method.GET,
                        "/v1/issuers/{issuer}/serials/{serial}",
                        VIEWERS,
                        read::serial));
        routes.add(new ApiRoute(Method.POST, "/v1/reload", OPERATORS, reload(parts.reload())));
        LogLevelService levels = new LogLevelService(parts.audit());
        routes.add(new ApiRoute(Method.GET, "/v1/log-levels", VIEWERS, levels::list));
        routes.add(new ApiRoute(Method.PUT, "/v1/log-levels/{logger}", OPERATORS, levels::change));
        routes.add(
                new ApiRoute(Method.GET, OpenApiDocument.PATH, EVERYBODY, OpenApiDocument::reply));
        routes.add(
                new ApiRoute(Method.GET, PROBLEMS + "/{kind}", EVERYBODY, ProblemDetails::explain));
        return List.copyOf(routes);
    }

    private static List<ApiRoute> seeing(ApiContext parts) {
        ConsoleService insight = new ConsoleService(parts);
        return List.of(
                new ApiRoute(Method.GET, "/v1/overview", VIEWERS, insight::overview),
                new ApiRoute(Method.GET, "/v1/alerts", VIEWERS, insight::alerts),
                new ApiRoute(
                        Method.POST,
                        "/v1/alerts/{alert}/acknowledgement",
                        OPERATORS,
                        insight::acknowledge),
                new ApiRoute(Method.POST, "/v1/lookups", VIEWERS, insight::lookup));
    }

    private static Set<Role> permitted(ChangeRequestKind kind) {
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

    /// @param reloading the files that are being read again
    record Reloading(String reloading, List<String> reloaded, List<String> needsRestart) {}

    private static ApiRoute.Work reload(Supplier<ReloadReport> reload) {
        return (_, _, response) -> {
            ReloadReport report = reload.get();
            if (!report.succeeded()) {
                throw ApiException.of(
                        ApiException.Kind.RELOAD_FAILED,
                        "the previous ones stay in use: " + String.join("; ", report.failed()));
            }
            ApiResponses.send(
                    response.status(202),
                    new Reloading(
                            "keys and certificates", report.reloaded(), report.needsRestart()));
        };
    }

    List<ApiRoute> routes() {
        return routes;
    }

    @Override
    public void routing(HttpRules rules) {
        for (ApiRoute route : routes) {
            rules.route(route.method(), route.path(), guard.handler(route));
        }
        routes.stream()
                .map(ApiRoute::path)
                .distinct()
                .forEach(path -> rules.any(path, (_, response) -> refuseMethod(path, response)));
        rules.any("/v1/*", ApiRoutes::refusePath);
    }

    private void refuseMethod(String path, ServerResponse response) {
        String allowed =
                routes.stream()
                        .filter(route -> route.path().equals(path))
                        .map(route -> route.method().text())
                        .collect(Collectors.joining(", "));
        response.header(HeaderNames.ALLOW, allowed);
        ApiResponses.refuse(
                response, ApiException.of(ApiException.Kind.METHOD_NOT_ALLOWED, "use " + allowed));
    }

    private static void refusePath(ServerRequest request, ServerResponse response) {
        ApiResponses.refuse(
                response,
                ApiException.of(
                        ApiException.Kind.NOT_FOUND,
                        OpenApiDocument.PATH + " lists all addresses"));
    }

    /// The OpenAPI document. A test compares it with [ApiRoutes] and with real responses.
    static final class OpenApiDocument {
        static final String PATH = "/v1/openapi.json";
        private static final String FILE = "/org/precertocsp/responder/admin/api/openapi.json";

        private OpenApiDocument() {}

        static void reply(String who, ServerRequest request, ServerResponse response)
                throws IOException {
            ApiResponses.send(response, "application/json", bytes());
        }

        static byte[] bytes() throws IOException {
            try (InputStream document = OpenApiDocument.class.getResourceAsStream(FILE)) {
                if (document == null) {
                    throw new IOException(FILE + " is missing in the distribution");
                }
                return document.readAllBytes();
            }
        }
    }

    /// Shows and changes log levels while the server runs; a restart or reload resets them.
    static final class LogLevelService {
        private static final Pattern LOGGER = Pattern.compile("[A-Za-z_$][\\w$.]{0,199}");

        record Levels(List<LoggerLevel> levels) {}

        record LoggerLevel(String logger, String level) {}

        private final AuditTrail audit;

        LogLevelService(AuditTrail audit) {
            this.audit = audit;
        }

        void list(String who, ServerRequest request, ServerResponse response) {
            List<LoggerLevel> levels =
                    LogLevels.ofProcess().levels().entrySet().stream()
                            .map(it -> new LoggerLevel(it.getKey(), word(it.getValue())))
                            .toList();
            ApiResponses.send(response, new Levels(levels));
        }

        void change(String who, ServerRequest request, ServerResponse response)
                throws ApiException {
            String logger = request.path().pathParameters().get("logger");
            if (!LOGGER.matcher(logger).matches()) {
                throw ApiException.field(
                        "logger",
                        "expected a package or class, such as " + LogLevels.OURS + ".responder");
            }
            LoggingConfig.Level level = level(request.query().first("level").orElse(""));
            audit.record(
                    new AuditEvent(
                            AuditEvent.Kind.CONFIGURATION,
                            who,
                            Map.of("logger", logger, "level", word(level.name()))));
            LogLevels.ofProcess().change(logger, level);
            ApiResponses.send(response, new LoggerLevel(logger, word(level.name())));
        }

        private static LoggingConfig.Level level(String text) throws ApiException {
            return Arrays.stream(LoggingConfig.Level.values())
                    .filter(it -> word(it.name()).equals(text))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    ApiException.field(
                                            "level", "expected error, warn, info, debug or trace"));
        }

        private static String word(String level) {
            return level.toLowerCase(Locale.ROOT);
        }
    }

    /// Reads issuers and the status of serials.
    static final class StatusService {
        record Issuers(List<Issuer> issuers) {}

        /// @param keySha256 as CertIDs have it under SHA-256
        record Issuer(
                String name,
                String subject,
                String profile,
                String nameSha256,
                String keySha256,
                List<String> reasons) {
            static Issuer of(ConfiguredIssuer issuer) {
                return new Issuer(
                        issuer.name(),
                        issuer.certificate().subject(),
                        issuer.profile().name(),
                        issuer.key().nameHash(HashAlgorithm.SHA256).toHex(),
                        issuer.key().keyHash(HashAlgorithm.SHA256).toHex(),
                        issuer.profile().allowedReasons().stream()
                                .sorted()
                                .map(Object::toString)
                                .toList());
            }
        }

        private final ConfiguredIssuer.Directory issuers;
        private final ChangeRequestParser facts;
        private final StatusReader statuses;

        StatusService(
                ConfiguredIssuer.Directory issuers,
                ChangeRequestParser facts,
                StatusReader statuses) {
            this.issuers = issuers;
            this.facts = facts;
            this.statuses = statuses;
        }

        void issuers(String who, ServerRequest request, ServerResponse response) {
            ApiResponses.send(
                    response, new Issuers(issuers.issuers().stream().map(Issuer::of).toList()));
        }

        /// Status and history, also of an unassigned serial: the absence of a record is an answer.
        void serial(String who, ServerRequest request, ServerResponse response)
                throws ApiException {
            ConfiguredIssuer issuer = issuer(request);
            SerialKey key =
                    new SerialKey(
                            issuer.key(),
                            ChangeRequestParser.serial(
                                    request.path().pathParameters().get("serial")));
            ApiResponses.send(response, SerialStatus.of(issuer.name(), statuses.dossier(key)));
        }

        private ConfiguredIssuer issuer(ServerRequest request) throws ApiException {
            String name = request.path().pathParameters().get("issuer");
            Optional<ConfiguredIssuer> issuer = issuers.called(name);
            return issuer.isPresent() ? issuer.get() : facts.issuer(name);
        }
    }

    /// The data that the console shows: overview, alerts, and the lookup of one certificate.
    static final class ConsoleService {
        private static final int MAX_ACKNOWLEDGED = 50;
        private static final int MAX_ENDED = 100;

        /// @param acknowledged the newest first, not all of them
        /// @param ended without acknowledgement because their cause ended; not all of them
        record AlertList(
                List<AlertJson> open,
                List<AlertJson> acknowledged,
                List<AlertChannelState> channels,
                long lost,
                List<AlertJson> ended) {}

        private final ConsoleData insight;
        private final LookupService lookups;

        ConsoleService(ApiContext parts) {
            this.insight = parts.insight();
            this.lookups =
                    new LookupService(
                            parts.issuers(),
                            parts.certificates(),
                            parts.reader(),
                            insight.answers(),
                            parts.clock());
        }

        void overview(String who, ServerRequest request, ServerResponse response) {
            ApiResponses.send(response, insight.overview().get());
        }

        void alerts(String who, ServerRequest request, ServerResponse response) {
            Alerts alerts = insight.alerts();
            ApiResponses.send(
                    response,
                    new AlertList(
                            alerts.open().stream().map(AlertJson::of).toList(),
                            alerts.acknowledged().stream()
                                    .limit(MAX_ACKNOWLEDGED)
                                    .map(AlertJson::of)
                                    .toList(),
                            alerts.channels(),
                            alerts.lost(),
                            alerts.ended().stream().limit(MAX_ENDED).map(AlertJson::of).toList()));
        }

        /// Records the caller's name. An alert that is acknowledged already stays as it is.
        void acknowledge(String who, ServerRequest request, ServerResponse response)
                throws ApiException, IOException {
            requireJson(request);
            JsonFields fields =
                    JsonFields.of(RequestBodies.read(request, RequestBodies.MAX_OBJECT));
            String note = fields.text("note").orElse("");
            fields.refuseOthers();
            String id = request.path().pathParameters().get("alert");
            try {
                ApiResponses.send(
                        response, AlertJson.of(insight.alerts().acknowledge(id, who, note)));
            } catch (Alerts.UnknownAlert _) {
                throw ApiException.of(ApiException.Kind.NOT_FOUND, "no alert has this ID");
            } catch (IllegalArgumentException e) {
                throw ApiException.field("note", String.valueOf(e.getMessage()));
            }
        }

        void lookup(String who, ServerRequest request, ServerResponse response)
                throws ApiException, IOException {
            byte[] body = RequestBodies.read(request, RequestBodies.MAX_LINE);
            ApiResponses.send(
                    response,
                    ChangeService.CERTIFICATES.contains(RequestBodies.type(request))
                            ? lookups.document(body)
                            : lookups.read(json(request, body)));
        }

        private static byte[] json(ServerRequest request, byte[] body) throws ApiException {
            requireJson(request);
            return body;
        }

        private static void requireJson(ServerRequest request) throws ApiException {
            if (!RequestBodies.type(request).equals(ChangeService.JSON)) {
                throw ApiException.of(
                        ApiException.Kind.UNSUPPORTED_TYPE, "send Content-Type: application/json");
            }
        }
    }
}
