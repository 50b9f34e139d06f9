package org.precertocsp.responder.monitor.rule;

import java.util.Optional;
import org.precertocsp.responder.monitor.question.GetEncoding;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireReply;
import org.precertocsp.responder.monitor.wire.WireRequest;

/// What HTTP itself asks of a server (HT-16).
record MethodRules(Case it, LiveSession live) {
    void examine() throws ResponderGone {
        Optional<Asked> got = it.by("GET").stream().filter(Asked::isUsable).findFirst();
        if (got.isEmpty()) {
            it.rulings().notApplicable(Rule.HT_16, "no GET is answered");
            return;
        }
        String target =
                it.session()
                        .endpoint()
                        .target(GetEncoding.CANONICAL.of(got.get().question().der()));
        head(target);
        other(target);
        Optional<String> tag = got.get().reply().flatMap((WireReply reply) -> reply.field("etag"));
        if (tag.isPresent()) {
            condition(target, tag.get());
        }
    }

    private void head(String target) throws ResponderGone {
        Outcome outcome = live.send(WireRequest.bare("HEAD", target));
        it.rulings()
                .recommend(
                        Rule.HT_16,
                        outcome instanceof Outcome.Replied(WireReply reply)
                                && reply.status() == 200,
                        () -> "HEAD: " + text(outcome));
    }

    /// A responder that signs anew for each question has another answer, with another tag.
    private void condition(String target, String tag) throws ResponderGone {
        Outcome outcome = live.send(WireRequest.get(target).with("If-None-Match", tag));
        boolean same =
                outcome instanceof Outcome.Replied(WireReply reply)
                        && reply.field("etag").filter(tag::equals).isPresent();
        boolean told = outcome instanceof Outcome.Replied(WireReply reply) && reply.status() == 304;
        it.rulings()
                .recommend(
                        Rule.HT_16,
                        told || !same,
                        () -> "If-None-Match %s: %s".formatted(tag, text(outcome)));
    }

    /// 501 says that the method is not known, which may be true (RFC 9110 §15.6.2).
    private void other(String target) throws ResponderGone {
        Outcome outcome = live.send(WireRequest.bare("PUT", target));
        if (outcome instanceof Outcome.Replied(WireReply reply) && reply.status() == 405) {
            it.rulings()
                    .require(
                            Rule.HT_16,
                            reply.field("allow").isPresent(),
                            () -> "PUT: 405, Allow " + reply.field("allow").orElse("none"));
        } else {
            boolean unknown =
                    outcome instanceof Outcome.Replied(WireReply reply) && reply.status() == 501;
            it.rulings().recommend(Rule.HT_16, unknown, () -> "PUT: " + text(outcome));
        }
    }

    private static String text(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Replied replied -> "HTTP " + replied.reply().status();
            case Outcome.Failed failed -> failed.why();
        };
    }
}
