package org.precertocsp.responder.monitor;

/// A session with a responder that has answered before, in which a failed exchange can be
/// explained: did the request cause it, or is the responder gone?
///
/// A request whose exchange fails is sent again, and between the attempts a known one is sent. The
/// failure counts against the request only if the responder still answers the known one.
///
/// @param known an exchange that succeeded before
record RetryingSession(CheckSession session, Exchange known) {
    /// Sends a request with the method that is known to work.
    Exchange ask(CheckRequest request) throws ResponderGoneException {
        return ask(known.method(), request);
    }

    Exchange post(CheckRequest request) throws ResponderGoneException {
        return ask("POST", request);
    }

    Exchange get(CheckRequest request) throws ResponderGoneException {
        return ask("GET", request);
    }

    Exchange get(CheckRequest request, GetEncoding encoding) throws ResponderGoneException {
        return Exchange.of("GET", request, send(session.got(request, encoding)), session.trust());
    }

    /// Repeats the exchange if it failed.
    Exchange settled(Exchange exchange) throws ResponderGoneException {
        return exchange.outcome() instanceof HttpOutcome.Failed
                ? ask(exchange.method(), exchange.request())
                : exchange;
    }

    private Exchange ask(String method, CheckRequest request) throws ResponderGoneException {
        return Exchange.of(
                method, request, send(session.request(method, request)), session.trust());
    }

    /// @throws ResponderGoneException the exchange failed, and so did the known request after it
    HttpOutcome send(RawHttpRequest request) throws ResponderGoneException {
        HttpOutcome first = session.send(request);
        if (!(first instanceof HttpOutcome.Failed failed)) {
            return first;
        }
        expectAnswer(failed);
        HttpOutcome second = session.send(request);
        if (second instanceof HttpOutcome.Failed again) {
            expectAnswer(again);
        }
        return second;
    }

    private void expectAnswer(HttpOutcome.Failed after) throws ResponderGoneException {
        RawHttpRequest request = session.request(known.method(), known.request());
        HttpOutcome last = session.send(request);
        for (int tried = 1; tried < session.limits().tries(); tried++) {
            if (last instanceof HttpOutcome.Replied || !session.rested()) {
                break;
            }
            last = session.send(request);
        }
        if (last instanceof HttpOutcome.Failed gone) {
            throw new ResponderGoneException(
                    "it answered, then stopped: %s; asked again as before, %d times: %s"
                            .formatted(after.why(), session.limits().tries(), gone.why()));
        }
    }
}
