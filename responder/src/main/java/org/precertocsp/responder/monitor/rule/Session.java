package org.precertocsp.responder.monitor.rule;

import java.time.Duration;
import java.util.Optional;
import org.precertocsp.responder.monitor.question.GetEncoding;
import org.precertocsp.responder.monitor.question.Question;
import org.precertocsp.responder.monitor.response.Reading;
import org.precertocsp.responder.monitor.wire.Endpoint;
import org.precertocsp.responder.monitor.wire.HttpWire;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireReply;
import org.precertocsp.responder.monitor.wire.WireRequest;

/// Asks one responder. Each call is one exchange, or several where the responder says tryLater.
///
/// @param trust judges whether an answer can be used
/// @param pause lets time pass between tries
public record Session(
        Endpoint endpoint, HttpWire wire, AnswerTrust trust, CheckLimits limits, Pause pause) {
    /// Waits. A test lets no time pass.
    @FunctionalInterface
    public interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    private static final int SERVICE_UNAVAILABLE = 503;

    Asked post(Question question) {
        return Asked.of("POST", question, send(request("POST", question)), trust);
    }

    Asked get(Question question) {
        return Asked.of("GET", question, send(request("GET", question)), trust);
    }

    /// As POST, or as GET written as RFC 6960 asks.
    WireRequest request(String method, Question question) {
        return method.equals("GET")
                ? got(question, GetEncoding.CANONICAL)
                : WireRequest.post(endpoint.target(), question.der());
    }

    WireRequest got(Question question, GetEncoding encoding) {
        return WireRequest.get(endpoint.target(encoding.of(question.der())));
    }

    Outcome send(WireRequest request) {
        return wire.send(endpoint, request);
    }

    /// As POST or GET, with patience: an answer that is late is another fault than one never given.
    Asked patiently(String method, Question question) {
        Asked asked = method.equals("GET") ? get(question) : post(question);
        for (int tried = 1; tried < limits.tries() && isLater(asked); tried++) {
            if (!waited(asked)) {
                return asked;
            }
            asked = method.equals("GET") ? get(question) : post(question);
        }
        return asked;
    }

    private static boolean isLater(Asked asked) {
        return asked.isRefusal(Reading.Refusal.TRY_LATER)
                || asked.reply().filter(it -> it.status() == SERVICE_UNAVAILABLE).isPresent();
    }

    private boolean waited(Asked asked) {
        Optional<String> wanted = asked.reply().flatMap((WireReply it) -> it.field("retry-after"));
        Duration time =
                wanted.filter(it -> it.matches("\\d{1,6}"))
                        .map(it -> Duration.ofSeconds(Long.parseLong(it)))
                        .orElse(Duration.ofSeconds(1));
        return rested(time.compareTo(limits.longestPause()) < 0 ? time : limits.longestPause());
    }

    /// Lets a responder that may be starting anew do so; false if interrupted.
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
