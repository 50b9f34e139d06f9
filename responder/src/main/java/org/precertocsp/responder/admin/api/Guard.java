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

/// Handles every API request before its route does: identifies the caller, checks its role, limits
/// its requests, and turns failures into problems.
final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final HeaderName TRACE_PARENT = HeaderNames.create("traceparent");

    private final Callers callers;
    private final AccessRefusals refusals;
    private final CallTrace trace;
    private final ConnectionLimiter connections;
    private final boolean plain;
    private final RequestShares requests = new RequestShares();

    /// @param plain HTTP without TLS, where only the address shows that the caller is local
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
                ApiResponses.refuse(response, e);
            } catch (StoreFailure | AuditFailure e) {
                ApiResponses.refuse(response, FactWriter.unavailable(e));
            } catch (Bodies.BrokenOff e) {
                throw new CloseConnectionException("the request broke off", e);
            } catch (IOException | CloseConnectionException e) {
                // Nobody is there to receive a problem.
                throw e;
            } catch (RuntimeException e) {
                LOG.error("{} {} failed", route.method(), route.path(), e);
                ApiResponses.refuse(
                        response,
                        Objection.of(
                                Objection.Kind.INTERNAL,
                                "a bug in precert-ocsp; its log has more"));
            }
        };
    }

    /// The audit log also records the caller's certificate with every change.
    private void reply(Route route, ServerRequest request, ServerResponse response)
            throws Exception {
        List<X509Certificate> chain = certificates(request);
        Caller caller = callers.of(chain);
        if (!caller.roles().isEmpty()) {
            connections.markKnown(request);
        }
        try (RequestShares.Place _ = requests.take(caller.nameWithFirstRole())) {
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
            route.work().reply(authorize(route, caller, request), request, response);
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
                            route.work()
                                    .reply(authorize(route, caller, request), request, response);
                            return null;
                        });
    }

    /// @return the caller, as history and audit log name it
    private String authorize(Route route, Caller caller, ServerRequest request) throws Objection {
        rejectCrossSiteRequest(request);
        Optional<String> who = caller.nameWithRole(route.permitted());
        if (who.isEmpty()) {
            String wanted =
                    route.permitted().stream()
                            .map(Role::word)
                            .sorted()
                            .collect(Collectors.joining(" or "));
            refusals.refused(
                    caller.nameWithFirstRole(),
                    Map.of(
                            "method", route.method().text(),
                            "route", route.path(),
                            "wanted", wanted));
            throw Objection.of(
                    Objection.Kind.FORBIDDEN,
                    "%s is not authorised: this needs the role %s"
                            .formatted(caller.nameWithFirstRole(), wanted));
        }
        return who.get();
    }

    /// @param name as its certificate has it, or `local`
    record Calling(String name, List<String> roles) {}

    /// For the console, which offers only what its reader may do.
    void showCaller(String who, ServerRequest request, ServerResponse response) {
        Caller caller = callers.of(certificates(request));
        ApiResponses.send(
                response,
                new Calling(
                        caller.name(), caller.roles().stream().map(Role::word).sorted().toList()));
    }

    private static List<X509Certificate> certificates(ServerRequest request) {
        Certificate[] chain = request.remotePeer().tlsCertificates().orElse(new Certificate[0]);
        return Arrays.stream(chain).map(X509Certificate.class::cast).toList();
    }

    /// A browser presents its certificate, and can reach a loopback port, on behalf of any page it
    /// shows. Requests that come from another site's page are rejected.
    private void rejectCrossSiteRequest(ServerRequest request) throws Objection {
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
                    "the request comes from a page of another site, or names another host");
        }
    }

    /// A name whose owner lets it resolve to this machine (DNS rebinding) is not local.
    private static boolean isLocal(String host) {
        return host.toLowerCase(Locale.ROOT)
                .matches("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?");
    }
}
