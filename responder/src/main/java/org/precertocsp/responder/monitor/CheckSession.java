package org.precertocsp.responder.monitor;

import java.time.Duration;
import java.util.Optional;

/// Sends requests to one responder. Each call is one exchange, or several if the responder answers
/// tryLater.
///
/// @param trust decides whether a client would accept a response
/// @param pause waits between attempts
public record CheckSession(
        ResponderUrl endpoint,
        RawHttpClient wire,
        ResponseValidator trust,
        CheckLimits limits,
        Pause pause) {
    /// Waits; tests replace it.
    @FunctionalInterface
    public interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    private static final int SERVICE_UNAVAILABLE = 503;

    Exchange post(CheckRequest request) {
        return Exchange.of("POST", request, send(request("POST", request)), trust);
    }

    Exchange get(CheckRequest request) {
        return Exchange.of("GET", request, send(request("GET", request)), trust);
    }

    /// As POST, or as GET in the form that RFC 6960 requires.
    RawHttpRequest request(String method, CheckRequest request) {
        return method.equals("GET")
                ? got(request, GetEncoding.CANONICAL)
                : RawHttpRequest.post(endpoint.target(), request.der());
    }

    RawHttpRequest got(CheckRequest request, GetEncoding encoding) {
        return RawHttpRequest.get(endpoint.target(encoding.of(request.der())));
    }

    HttpOutcome send(RawHttpRequest request) {
        return wire.send(endpoint, request);
    }

    /// As POST or GET, repeated while the responder answers tryLater: a late answer is a different
    /// failure from a missing one.
    Exchange sendWithRetries(String method, CheckRequest request) {
        Exchange exchange = method.equals("GET") ? get(request) : post(request);
        for (int tried = 1; tried < limits.tries() && isLater(exchange); tried++) {
            if (!waited(exchange)) {
                return exchange;
            }
            exchange = method.equals("GET") ? get(request) : post(request);
        }
        return exchange;
    }

    private static boolean isLater(Exchange exchange) {
        return exchange.isRefusal(ParsedResponse.Refusal.TRY_LATER)
                || exchange.reply().filter(it -> it.status() == SERVICE_UNAVAILABLE).isPresent();
    }

    private boolean waited(Exchange exchange) {
        Optional<String> wanted =
                exchange.reply().flatMap((RawHttpResponse it) -> it.field("retry-after"));
        Duration time =
                wanted.filter(it -> it.matches("\\d{1,6}"))
                        .map(it -> Duration.ofSeconds(Long.parseLong(it)))
                        .orElse(Duration.ofSeconds(1));
        return rested(time.compareTo(limits.longestPause()) < 0 ? time : limits.longestPause());
    }

    /// Gives a responder that may be restarting some time; false if interrupted.
    boolean rested() {
        return rested(limits.longestPause());
    }

    private boolean rested(Duration time) {
        try {
            pause.of(time);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
