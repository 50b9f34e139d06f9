package org.precertocsp.responder.monitor.rule;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.question.CheckRequest;
import org.precertocsp.responder.monitor.question.GetEncoding;
import org.precertocsp.responder.monitor.wire.Outcome;
import org.precertocsp.responder.monitor.wire.WireReply;
import org.precertocsp.responder.monitor.wire.WireRequest;

/// How requests may be written: the path of a GET, and the methods and conditions of HTTP.
///
/// Each spelling of a path is compared with the same request written as RFC 6960 recommends, so
/// that only the spelling can be at fault.
record HttpRequestRules(Case context, LiveSession session) {
    private static final List<GetEncoding> PLAIN =
            List.of(
                    GetEncoding.RAW_PLUS,
                    GetEncoding.RAW_SLASH,
                    GetEncoding.RAW_PADDING,
                    GetEncoding.LOWER_CASE_ESCAPES);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SHORTEST_NONCE = 30;
    private static final int LONG_VALUE = 200;

    void examine() throws ResponderGone {
        paths();
        methods();
    }

    private void paths() throws ResponderGone {
        CertId id = context.working().orElseThrow().request().certId();
        Asked plain = session.get(CheckRequest.plain(id));
        if (!plain.isUsable()) {
            for (Rule rule : List.of(Rule.HT_03, Rule.HT_04, Rule.HT_05)) {
                context.results().notApplicable(rule, "no GET is answered: " + plain.seen());
            }
            return;
        }
        Optional<CheckRequest> awkward = awkward(id);
        CheckRequest written = awkward.orElse(plain.request());
        for (GetEncoding encoding : PLAIN) {
            judge(Rule.HT_03, written, encoding);
        }
        context.results().pass(Rule.HT_03, "every escape and none gives the same answer");
        judge(Rule.HT_04, written, GetEncoding.LEADING_SLASHES);
        if (awkward.isPresent()) {
            judge(Rule.HT_04, written, GetEncoding.RAW_SLASHES);
            context.results().pass(Rule.HT_04, "answered with '//' before it and inside");
        } else {
            context.results()
                    .notApplicable(Rule.HT_04, "no request that contains '//' is answered");
        }
        longGet(id);
    }

    /// A request whose base64 contains `+`, `/`, `//` and padding, and which is answered when all
    /// of that is escaped. A nonce, an extension or a requestor name of random bytes makes it so,
    /// whichever the responder answers. If it is not answered, the same kind without `//` is sent:
    /// so a proxy that breaks even an escaped `//` is distinguished from a responder that rejects
    /// nonces. Empty if none is answered.
    private Optional<CheckRequest> awkward(CertId id) throws ResponderGone {
        for (Function<Octets, CheckRequest> kind : kinds(id)) {
            CheckRequest request = randomUntil(kind, HttpRequestRules::isAwkward);
            Asked exchange = session.get(request);
            if (exchange.isUsable()) {
                return Optional.of(request);
            }
            Asked twin = session.get(randomUntil(kind, text -> !text.contains("//")));
            if (twin.isUsable()) {
                context.results()
                        .fail(
                                Rule.HT_04,
                                "GET with '//' inside, escaped as %%2F%%2F: %s; the same without it: %s"
                                        .formatted(exchange.summary(), twin.summary()));
                return Optional.of(twin.request());
            }
        }
        return Optional.empty();
    }

    private static List<Function<Octets, CheckRequest>> kinds(CertId id) {
        return List.of(
                octets -> CheckRequest.withNonce(id, octets),
                octets -> CheckRequest.withUnknownExtension(id, octets),
                octets -> CheckRequest.withRequestor(id, octets));
    }

    private static boolean isAwkward(String base64) {
        return base64.contains("//") && base64.contains("+") && base64.endsWith("=");
    }

    /// Random until its base64 is as needed, which takes about a hundred attempts.
    private static CheckRequest randomUntil(
            Function<Octets, CheckRequest> kind, Predicate<String> wanted) {
        CheckRequest request;
        int length = SHORTEST_NONCE;
        do {
            byte[] bytes = new byte[length];
            RANDOM.nextBytes(bytes);
            length = SHORTEST_NONCE + (length + 1) % 3;
            request = kind.apply(Octets.of(bytes));
        } while (!wanted.test(Base64.getEncoder().encodeToString(request.der().toArray())));
        return request;
    }

    private void judge(Rule rule, CheckRequest request, GetEncoding encoding) throws ResponderGone {
        if (!encoding.matters(request.der())) {
            return;
        }
        Asked exchange = session.get(request, encoding);
        if (!exchange.isUsable()) {
            context.results()
                    .fail(
                            rule,
                            "GET with %s: %s%s"
                                    .formatted(
                                            encoding,
                                            exchange.summary(),
                                            exchange.reply()
                                                    .map((WireReply r) -> ", HTTP " + r.status())
                                                    .orElse("")));
        }
    }

    private void longGet(CertId id) throws ResponderGone {
        CheckRequest request = CheckRequest.withUnknownExtension(id, false, LONG_VALUE);
        if (context.by("POST").stream().anyMatch(Asked::isUsable)
                && !session.post(request).isUsable()) {
            context.results()
                    .notApplicable(Rule.HT_05, "such a request is not answered by POST either");
            return;
        }
        Asked exchange = session.get(request);
        context.results()
                .recommend(
                        Rule.HT_05,
                        exchange.isUsable(),
                        () ->
                                "GET of %d bytes: %s"
                                        .formatted(
                                                context.session()
                                                        .endpoint()
                                                        .target(
                                                                GetEncoding.CANONICAL.of(
                                                                        request.der()))
                                                        .length(),
                                                exchange.summary()));
    }

    private void methods() throws ResponderGone {
        Optional<Asked> got = context.by("GET").stream().filter(Asked::isUsable).findFirst();
        if (got.isEmpty()) {
            context.results().notApplicable(Rule.HT_16, "no GET is answered");
            return;
        }
        String target =
                context.session()
                        .endpoint()
                        .target(GetEncoding.CANONICAL.of(got.get().request().der()));
        head(target);
        other(target);
        Optional<String> tag = got.get().reply().flatMap((WireReply reply) -> reply.field("etag"));
        if (tag.isPresent()) {
            condition(target, tag.get());
        }
    }

    private void head(String target) throws ResponderGone {
        Outcome outcome = session.send(WireRequest.bare("HEAD", target));
        context.results()
                .recommend(
                        Rule.HT_16,
                        outcome instanceof Outcome.Replied(WireReply reply)
                                && reply.status() == 200,
                        () -> "HEAD: " + text(outcome));
    }

    /// A responder that signs anew for each question has another answer, with another tag.
    private void condition(String target, String tag) throws ResponderGone {
        Outcome outcome = session.send(WireRequest.get(target).with("If-None-Match", tag));
        boolean same =
                outcome instanceof Outcome.Replied(WireReply reply)
                        && reply.field("etag").filter(tag::equals).isPresent();
        boolean notModified =
                outcome instanceof Outcome.Replied(WireReply reply) && reply.status() == 304;
        context.results()
                .recommend(
                        Rule.HT_16,
                        notModified || !same,
                        () -> "If-None-Match %s: %s".formatted(tag, text(outcome)));
    }

    /// 501 means that the method is unknown, which may be true (RFC 9110 §15.6.2).
    private void other(String target) throws ResponderGone {
        Outcome outcome = session.send(WireRequest.bare("PUT", target));
        if (outcome instanceof Outcome.Replied(WireReply reply) && reply.status() == 405) {
            context.results()
                    .require(
                            Rule.HT_16,
                            reply.field("allow").isPresent(),
                            () -> "PUT: 405, Allow " + reply.field("allow").orElse("none"));
        } else {
            boolean unknown =
                    outcome instanceof Outcome.Replied(WireReply reply) && reply.status() == 501;
            context.results().recommend(Rule.HT_16, unknown, () -> "PUT: " + text(outcome));
        }
    }

    private static String text(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Replied replied -> "HTTP " + replied.reply().status();
            case Outcome.Failed failed -> failed.why();
        };
    }
}
