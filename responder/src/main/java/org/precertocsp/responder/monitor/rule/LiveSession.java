package org.precertocsp.responder.monitor.rule;

import org.precertocsp.responder.monitor.question.GetEncoding;
import org.precertocsp.responder.monitor.question.Question;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireRequest;

/// Asks a responder that was seen to answer, so that an exchange that fails can be told apart: did
/// the question do it, or is the responder gone?
///
/// An exchange that fails is tried again, and between the tries the known question is asked. Only a
/// responder that still answers that one is blamed for not answering the other.
///
/// @param known what it answered before
record LiveSession(Session session, Asked known) {
    /// By the method that is known to work.
    Asked ask(Question question) throws ResponderGone {
        return ask(known.method(), question);
    }

    Asked post(Question question) throws ResponderGone {
        return ask("POST", question);
    }

    Asked get(Question question) throws ResponderGone {
        return ask("GET", question);
    }

    Asked get(Question question, GetEncoding encoding) throws ResponderGone {
        return Asked.of("GET", question, send(session.got(question, encoding)), session.trust());
    }

    /// The same question once more, if its exchange failed.
    Asked settled(Asked asked) throws ResponderGone {
        return asked.outcome() instanceof Outcome.Failed
                ? ask(asked.method(), asked.question())
                : asked;
    }

    private Asked ask(String method, Question question) throws ResponderGone {
        return Asked.of(method, question, send(session.request(method, question)), session.trust());
    }

    /// @throws ResponderGone the exchange failed, and so did the known question after it
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
        WireRequest request = session.request(known.method(), known.question());
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
