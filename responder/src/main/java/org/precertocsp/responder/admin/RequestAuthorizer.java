package org.precertocsp.responder.admin;

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
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.status.CallerIdentity;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.tracing.ApiCallTracer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Handles every API request before its route does: identifies the caller, checks its role, limits
/// its requests, and turns failures into problems.
final class RequestAuthorizer {
    private static final Logger LOG = LoggerFactory.getLogger(RequestAuthorizer.class);
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final HeaderName TRACE_PARENT = HeaderNames.create("traceparent");

    private final CallerAuthenticator callers;
    private final AccessRefusalRecorder refusals;
    private final ApiCallTracer trace;
    private final AdminConnectionLimiter connections;
    private final boolean plain;
    private final RequestLimiter requests = new RequestLimiter();

    /// @param plain HTTP without TLS, where only the address shows that the caller is local
    RequestAuthorizer(
            CallerAuthenticator callers,
            AccessRefusalRecorder refusals,
            ApiCallTracer trace,
            AdminConnectionLimiter connections,
            boolean plain) {
        this.callers = callers;
        this.refusals = refusals;
        this.trace = trace;
        this.connections = connections;
        this.plain = plain;
    }

    Handler handler(ApiRoute route) {
        Handler guarded = guarded(route);
        return (request, response) -> {
            ApiCallTracer.Ending ending =
                    trace.begin(
                            new ApiCallTracer.Call(
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

    private Handler guarded(ApiRoute route) {
        return (request, response) -> {
            try {
                reply(route, request, response);
            } catch (ApiException e) {
                ApiResponses.refuse(response, e);
            } catch (StoreException | AuditException e) {
                ApiResponses.refuse(response, ChangeRequestExecutor.unavailable(e));
            } catch (RequestBodies.BrokenOff e) {
                throw new CloseConnectionException("the request broke off", e);
            } catch (IOException | CloseConnectionException e) {
                // Nobody is there to receive a problem.
                throw e;
            } catch (RuntimeException e) {
                LOG.error("{} {} failed", route.method(), route.path(), e);
                ApiResponses.refuse(
                        response,
                        ApiException.of(
                                ApiException.Kind.INTERNAL,
                                "a bug in precert-ocsp; its log has more"));
            }
        };
    }

    /// The audit log also records the caller's certificate with every change.
    private void reply(ApiRoute route, ServerRequest request, ServerResponse response)
            throws Exception {
        List<X509Certificate> chain = certificates(request);
        Caller caller = callers.of(chain);
        if (!caller.roles().isEmpty()) {
            connections.markKnown(request);
        }
        try (RequestLimiter.Place _ = requests.take(caller.nameWithFirstRole())) {
            reply(route, chain, caller, request, response);
        }
    }

    private void reply(
            ApiRoute route,
            List<X509Certificate> chain,
            Caller caller,
            ServerRequest request,
            ServerResponse response)
            throws Exception {
        if (chain.isEmpty()) {
            route.work().reply(authorize(route, caller, request), request, response);
            return;
        }
        CallerIdentity certificate =
                CallerIdentity.certificate(
                        HashAlgorithm.SHA256
                                .hash(ByteString.of(chain.getFirst().getEncoded()))
                                .toHex());
        ScopedValue.where(CallerIdentity.CURRENT, certificate)
                .<@Nullable Void, Exception>call(
                        () -> {
                            route.work()
                                    .reply(authorize(route, caller, request), request, response);
                            return null;
                        });
    }

    /// @return the caller, as history and audit log name it
    private String authorize(ApiRoute route, Caller caller, ServerRequest request)
            throws ApiException {
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
            throw ApiException.of(
                    ApiException.Kind.FORBIDDEN,
                    "%s is not authorised: this needs the role %s"
                            .formatted(caller.nameWithFirstRole(), wanted));
        }
        return who.get();
    }

    /// @param name as its certificate has it, or `local`
    record Calling(String name, List<String> roles) {}

    /// For the console, which offers only actions that the caller's roles permit.
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
    private void rejectCrossSiteRequest(ServerRequest request) throws ApiException {
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
            throw ApiException.of(
                    ApiException.Kind.FORBIDDEN,
                    "the request comes from a page of another site, or names another host");
        }
    }

    /// A name that its owner resolves to this machine (DNS rebinding) is not local.
    private static boolean isLocal(String host) {
        return host.toLowerCase(Locale.ROOT)
                .matches("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?");
    }
}
