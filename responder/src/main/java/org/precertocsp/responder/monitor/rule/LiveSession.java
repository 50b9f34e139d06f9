package org.precertocsp.responder.monitor.rule;

import org.precertocsp.responder.monitor.question.CheckRequest;
import org.precertocsp.responder.monitor.question.GetEncoding;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireRequest;

/// A session with a responder that has answered before, in which a failed exchange can be
/// explained: did the request cause it, or is the responder gone?
///
/// A request whose exchange fails is sent again, and between the attempts a known one is sent. Only
/// a responder that still answers the known one is blamed for not answering the other.
///
/// @param known an exchange that succeeded before
record LiveSession(Session session, Asked known) {
    /// Sends a request with the method that is known to work.
    Asked ask(CheckRequest request) throws ResponderGone {
        return ask(known.method(), request);
    }

    Asked post(CheckRequest request) throws ResponderGone {
        return ask("POST", request);
    }

    Asked get(CheckRequest request) throws ResponderGone {
        return ask("GET", request);
    }

    Asked get(CheckRequest request, GetEncoding encoding) throws ResponderGone {
        return Asked.of("GET", request, send(session.got(request, encoding)), session.trust());
    }

    /// Repeats the exchange if it failed.
    Asked settled(Asked exchange) throws ResponderGone {
        return exchange.outcome() instanceof Outcome.Failed
                ? ask(exchange.method(), exchange.request())
                : exchange;
    }

    private Asked ask(String method, CheckRequest request) throws ResponderGone {
        return Asked.of(method, request, send(session.request(method, request)), session.trust());
    }

    /// @throws ResponderGone the exchange failed, and so did the known request after it
    Outcome send(WireRequest request) throws ResponderGone {
        Outcome first = session.send(request);
        if (!(first instanceof Outcome.Failed failed)) {
            return first;
        }
        expectAnswer(failed);
        Outcome second = session.send(request);
        if (second instanceof Outcome.Failed again) {
            expectAnswer(again);
        }
        return second;
    }

    private void expectAnswer(Outcome.Failed after) throws ResponderGone {
        WireRequest request = session.request(known.method(), known.request());
        Outcome last = session.send(request);
        for (int tried = 1; tried < session.limits().tries(); tried++) {
            if (last instanceof Outcome.Replied || !session.rested()) {
                break;
            }
            last = session.send(request);
        }
        if (last instanceof Outcome.Failed gone) {
            throw new ResponderGone(
                    "it answered, then stopped: %s; asked again as before, %d times: %s"
                            .formatted(after.why(), session.limits().tries(), gone.why()));
        }
    }
}
