package org.precertocsp.responder.admin.api;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.admin.access.AccessRefusals;
import org.precertocsp.responder.admin.access.Caller;
import org.precertocsp.responder.admin.access.Callers;
import org.precertocsp.responder.admin.access.Role;
import org.precertocsp.responder.admin.change.FactWriter;
import org.precertocsp.responder.admin.change.Objection;
import org.precertocsp.responder.admin.connection.ConnectionLimiter;
import org.precertocsp.responder.attribution.Attribution;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.status.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands before every route: who calls, may they, and what they are told if it fails.
final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final HeaderName TRACE_PARENT = HeaderNames.create("traceparent");
    private static final HeaderName NO_SNIFF = HeaderNames.create("X-Content-Type-Options");
    private static final String RETRY_AFTER_SECONDS = "5";

    private final Callers callers;
    private final AccessRefusals refusals;
    private final CallTrace trace;
    private final ConnectionLimiter connections;
    private final boolean plain;
    private final RequestShares shares = new RequestShares();

    /// @param plain where nothing but the address says that the caller is of this machine
    Guard(
            Callers callers,
            AccessRefusals refusals,
            CallTrace trace,
            ConnectionLimiter connections,
            boolean plain) {
        this.callers = callers;
        this.refusals = refusals;
        this.trace = trace;
        this.connections = connections;
        this.plain = plain;
    }

    Handler handler(Route route) {
        Handler guarded = guarded(route);
        return (request, response) -> {
            CallTrace.Ending ending =
                    trace.begin(
                            new CallTrace.Call(
                                    route.method().text(),
                                    route.path(),
                                    request.headers().first(TRACE_PARENT)));
            try {
                guarded.handle(request, response);
            } finally {
                ending.answered(response.status().code());
            }
        };
    }

    private Handler guarded(Route route) {
        return (request, response) -> {
            try {
                reply(route, request, response);
            } catch (Objection e) {
                refuse(response, e);
            } catch (StoreFailure | AuditFailure e) {
                refuse(response, FactWriter.unavailable(e));
            } catch (Bodies.BrokenOff e) {
                throw new CloseConnectionException("the request broke off", e);
            } catch (IOException | CloseConnectionException e) {
                // Nobody is there to be told.
                throw e;
            } catch (RuntimeException e) {
                LOG.error("{} {} failed", route.method(), route.path(), e);
                refuse(
                        response,
                        Objection.of(
                                Objection.Kind.INTERNAL,
                                "a bug in precert-ocsp; its log has more"));
            }
        };
    }

    /// What is done is recorded with the caller's certificate, too.
    private void reply(Route route, ServerRequest request, ServerResponse response)
            throws Exception {
        List<X509Certificate> chain = certificates(request);
        Caller caller = callers.of(chain);
        if (!caller.roles().isEmpty()) {
            connections.known(request);
        }
        try (RequestShares.Place _ = shares.take(caller.known())) {
            reply(route, chain, caller, request, response);
        }
    }

    private void reply(
            Route route,
            List<X509Certificate> chain,
            Caller caller,
            ServerRequest request,
            ServerResponse response)
            throws Exception {
        if (chain.isEmpty()) {
            route.work().reply(admit(route, caller, request), request, response);
            return;
        }
        Attribution certificate =
                Attribution.certificate(
                        HashAlgorithm.SHA256
                                .hash(Octets.of(chain.getFirst().getEncoded()))
                                .toHex());
        ScopedValue.where(Attribution.CURRENT, certificate)
                .<@Nullable Void, Exception>call(
                        () -> {
                            route.work().reply(admit(route, caller, request), request, response);
                            return null;
                        });
    }

    private String admit(Route route, Caller caller, ServerRequest request) throws Objection {
        refuseOtherSites(request);
        Optional<String> who = caller.as(route.permitted());
        if (who.isEmpty()) {
            String wanted =
                    route.permitted().stream()
                            .map(Role::word)
                            .sorted()
                            .collect(Collectors.joining(" or "));
            refusals.refused(
                    caller.known(),
                    Map.of(
                            "method", route.method().text(),
                            "route", route.path(),
                            "wanted", wanted));
            throw Objection.of(
                    Objection.Kind.FORBIDDEN,
                    "%s may not do this: it takes the role %s".formatted(caller.known(), wanted));
        }
        return who.get();
    }

    /// @param name as its certificate has it, or `local`
    record Calling(String name, List<String> roles) {}

    /// So that a page offers only what its reader may do.
    void tellWhoCalls(String who, ServerRequest request, ServerResponse response) {
        Caller caller = callers.of(certificates(request));
        send(
                response,
                new Calling(
                        caller.name(), caller.roles().stream().map(Role::word).sorted().toList()));
    }

    private static List<X509Certificate> certificates(ServerRequest request) {
        Certificate[] chain = request.remotePeer().tlsCertificates().orElse(new Certificate[0]);
        return Arrays.stream(chain).map(X509Certificate.class::cast).toList();
    }

    /// A browser sends its certificate, or reaches a loopback port, for any page it shows: what
    /// another site's page asks for is refused.
    private void refuseOtherSites(ServerRequest request) throws Objection {
        String host = request.headers().first(HeaderNames.HOST).orElse("");
        Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
        String own = (plain ? "http://" : "https://") + host;
        boolean foreign =
                origin.filter(it -> !it.equals(own)).isPresent()
                        || request.headers()
                                .first(FETCH_SITE)
                                .filter(it -> !Set.of("same-origin", "none").contains(it))
                                .isPresent();
        if (foreign || (plain && !isLocal(host))) {
            throw Objection.of(
                    Objection.Kind.FORBIDDEN,
                    "asked for by a page of another site, or by its name");
        }
    }

    /// A name that another site let point to this machine is not local.
    private static boolean isLocal(String host) {
        return host.toLowerCase(Locale.ROOT)
                .matches("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?");
    }

    /// Replies with a problem, unless a reply has begun, which is then cut off.
    static void refuse(ServerResponse response, Objection objection) {
        if (response.isSent()) {
            throw new IllegalStateException("refused after the reply: " + objection.detail());
        }
        Problem problem = Problem.of(objection);
        if (problem.status() == 503) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        send(response.status(problem.status()), Problem.MEDIA_TYPE, ApiJson.line(problem));
    }

    static void send(ServerResponse response, Record value) {
        send(response, "application/json", ApiJson.line(value));
    }

    static void send(ServerResponse response, String type, byte[] body) {
        response.header(HeaderNames.CONTENT_TYPE, type)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(NO_SNIFF, "nosniff")
                .send(body);
    }
}
