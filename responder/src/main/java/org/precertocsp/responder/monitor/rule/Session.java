package org.precertocsp.responder.monitor.rule;

import java.time.Duration;
import java.util.Optional;
import org.precertocsp.responder.monitor.question.CheckRequest;
import org.precertocsp.responder.monitor.question.GetEncoding;
import org.precertocsp.responder.monitor.response.Reading;
import org.precertocsp.responder.monitor.wire.Endpoint;
import org.precertocsp.responder.monitor.wire.HttpWire;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireReply;
import org.precertocsp.responder.monitor.wire.WireRequest;

/// Sends requests to one responder. Each call is one exchange, or several if the responder answers
/// tryLater.
///
/// @param trust decides whether a client would accept a response
/// @param pause waits between attempts
public record Session(
        Endpoint endpoint, HttpWire wire, AnswerTrust trust, CheckLimits limits, Pause pause) {
    /// Waits; tests replace it.
    @FunctionalInterface
    public interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    private static final int SERVICE_UNAVAILABLE = 503;

    Asked post(CheckRequest request) {
        return Asked.of("POST", request, send(request("POST", request)), trust);
    }

    Asked get(CheckRequest request) {
        return Asked.of("GET", request, send(request("GET", request)), trust);
    }

    /// As POST, or as GET in the form that RFC 6960 requires.
    WireRequest request(String method, CheckRequest request) {
        return method.equals("GET")
                ? got(request, GetEncoding.CANONICAL)
                : WireRequest.post(endpoint.target(), request.der());
    }

    WireRequest got(CheckRequest request, GetEncoding encoding) {
        return WireRequest.get(endpoint.target(encoding.of(request.der())));
    }

    Outcome send(WireRequest request) {
        return wire.send(endpoint, request);
    }

    /// As POST or GET, repeated while the responder answers tryLater: a late answer is a different
    /// failure from a missing one.
    Asked sendWithRetries(String method, CheckRequest request) {
        Asked exchange = method.equals("GET") ? get(request) : post(request);
        for (int tried = 1; tried < limits.tries() && isLater(exchange); tried++) {
            if (!waited(exchange)) {
                return exchange;
            }
            exchange = method.equals("GET") ? get(request) : post(request);
        }
        return exchange;
    }

    private static boolean isLater(Asked exchange) {
        return exchange.isRefusal(Reading.Refusal.TRY_LATER)
                || exchange.reply().filter(it -> it.status() == SERVICE_UNAVAILABLE).isPresent();
    }

    private boolean waited(Asked exchange) {
        Optional<String> wanted =
                exchange.reply().flatMap((WireReply it) -> it.field("retry-after"));
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
