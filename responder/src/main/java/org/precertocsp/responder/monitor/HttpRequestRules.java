package org.precertocsp.responder.monitor;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;

/// How requests may be written: the path of a GET, and the methods and conditions of HTTP.
///
/// Each spelling of a path is compared with the same request written as RFC 6960 recommends, so
/// that only the spelling can be at fault.
record HttpRequestRules(CheckContext context, RetryingSession session) {
    private static final List<GetEncoding> PLAIN =
            List.of(
                    GetEncoding.RAW_PLUS,
                    GetEncoding.RAW_SLASH,
                    GetEncoding.RAW_PADDING,
                    GetEncoding.LOWER_CASE_ESCAPES);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SHORTEST_NONCE = 30;
    private static final int LONG_VALUE = 200;

    void examine() throws ResponderGoneException {
        paths();
        methods();
    }

    private void paths() throws ResponderGoneException {
        CertId id = context.working().orElseThrow().request().certId();
        Exchange plain = session.get(CheckRequest.plain(id));
        if (!plain.isUsable()) {
            for (CheckRule rule : List.of(CheckRule.HT_03, CheckRule.HT_04, CheckRule.HT_05)) {
                context.results().notApplicable(rule, "no GET is answered: " + plain.seen());
            }
            return;
        }
        Optional<CheckRequest> awkward = awkward(id);
        CheckRequest written = awkward.orElse(plain.request());
        for (GetEncoding encoding : PLAIN) {
            judge(CheckRule.HT_03, written, encoding);
        }
        context.results().pass(CheckRule.HT_03, "every escape and none gives the same answer");
        judge(CheckRule.HT_04, written, GetEncoding.LEADING_SLASHES);
        if (awkward.isPresent()) {
            judge(CheckRule.HT_04, written, GetEncoding.RAW_SLASHES);
            context.results().pass(CheckRule.HT_04, "answered with '//' before it and inside");
        } else {
            context.results()
                    .notApplicable(CheckRule.HT_04, "no request that contains '//' is answered");
        }
        longGet(id);
    }

    /// A request whose base64 contains `+`, `/`, `//` and padding, and which is answered when all
    /// of that is escaped. A nonce, an extension or a requestor name of random bytes makes it so,
    /// whichever the responder answers. If it is not answered, the same kind without `//` is sent:
    /// so a proxy that breaks even an escaped `//` is distinguished from a responder that rejects
    /// nonces. Empty if none is answered.
    private Optional<CheckRequest> awkward(CertId id) throws ResponderGoneException {
        for (Function<ByteString, CheckRequest> kind : kinds(id)) {
            CheckRequest request = randomUntil(kind, HttpRequestRules::isAwkward);
            Exchange exchange = session.get(request);
            if (exchange.isUsable()) {
                return Optional.of(request);
            }
            Exchange twin = session.get(randomUntil(kind, text -> !text.contains("//")));
            if (twin.isUsable()) {
                context.results()
                        .fail(
                                CheckRule.HT_04,
                                "GET with '//' inside, escaped as %%2F%%2F: %s; the same without it: %s"
                                        .formatted(exchange.summary(), twin.summary()));
                return Optional.of(twin.request());
            }
        }
        return Optional.empty();
    }

    private static List<Function<ByteString, CheckRequest>> kinds(CertId id) {
        return List.of(
                bytes -> CheckRequest.withNonce(id, bytes),
                bytes -> CheckRequest.withUnknownExtension(id, bytes),
                bytes -> CheckRequest.withRequestor(id, bytes));
    }

    private static boolean isAwkward(String base64) {
        return base64.contains("//") && base64.contains("+") && base64.endsWith("=");
    }

    /// Random until its base64 is as needed, which takes about a hundred attempts.
    private static CheckRequest randomUntil(
            Function<ByteString, CheckRequest> kind, Predicate<String> wanted) {
        CheckRequest request;
        int length = SHORTEST_NONCE;
        do {
            byte[] bytes = new byte[length];
            RANDOM.nextBytes(bytes);
            length = SHORTEST_NONCE + (length + 1) % 3;
            request = kind.apply(ByteString.of(bytes));
        } while (!wanted.test(Base64.getEncoder().encodeToString(request.der().toArray())));
        return request;
    }

    private void judge(CheckRule rule, CheckRequest request, GetEncoding encoding)
            throws ResponderGoneException {
        if (!encoding.matters(request.der())) {
            return;
        }
        Exchange exchange = session.get(request, encoding);
        if (!exchange.isUsable()) {
            context.results()
                    .fail(
                            rule,
                            "GET with %s: %s%s"
                                    .formatted(
                                            encoding,
                                            exchange.summary(),
                                            exchange.reply()
                                                    .map(
                                                            (RawHttpResponse r) ->
                                                                    ", HTTP " + r.status())
                                                    .orElse("")));
        }
    }

    private void longGet(CertId id) throws ResponderGoneException {
        CheckRequest request = CheckRequest.withUnknownExtension(id, false, LONG_VALUE);
        if (context.by("POST").stream().anyMatch(Exchange::isUsable)
                && !session.post(request).isUsable()) {
            context.results()
                    .notApplicable(
                            CheckRule.HT_05, "such a request is not answered by POST either");
            return;
        }
        Exchange exchange = session.get(request);
        context.results()
                .recommend(
                        CheckRule.HT_05,
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

    private void methods() throws ResponderGoneException {
        Optional<Exchange> got = context.by("GET").stream().filter(Exchange::isUsable).findFirst();
        if (got.isEmpty()) {
            context.results().notApplicable(CheckRule.HT_16, "no GET is answered");
            return;
        }
        String target =
                context.session()
                        .endpoint()
                        .target(GetEncoding.CANONICAL.of(got.get().request().der()));
        head(target);
        other(target);
        Optional<String> tag =
                got.get().reply().flatMap((RawHttpResponse reply) -> reply.field("etag"));
        if (tag.isPresent()) {
            condition(target, tag.get());
        }
    }

    private void head(String target) throws ResponderGoneException {
        HttpOutcome outcome = session.send(RawHttpRequest.bare("HEAD", target));
        context.results()
                .recommend(
                        CheckRule.HT_16,
                        outcome instanceof HttpOutcome.Replied(RawHttpResponse reply)
                                && reply.status() == 200,
                        () -> "HEAD: " + text(outcome));
    }

    /// A responder that signs a new response for each request has another answer, with another tag.
    private void condition(String target, String tag) throws ResponderGoneException {
        HttpOutcome outcome = session.send(RawHttpRequest.get(target).with("If-None-Match", tag));
        boolean same =
                outcome instanceof HttpOutcome.Replied(RawHttpResponse reply)
                        && reply.field("etag").filter(tag::equals).isPresent();
        boolean notModified =
                outcome instanceof HttpOutcome.Replied(RawHttpResponse reply)
                        && reply.status() == 304;
        context.results()
                .recommend(
                        CheckRule.HT_16,
                        notModified || !same,
                        () -> "If-None-Match %s: %s".formatted(tag, text(outcome)));
    }

    /// 501 means that the method is unknown, which may be true (RFC 9110 §15.6.2).
    private void other(String target) throws ResponderGoneException {
        HttpOutcome outcome = session.send(RawHttpRequest.bare("PUT", target));
        if (outcome instanceof HttpOutcome.Replied(RawHttpResponse reply)
                && reply.status() == 405) {
            context.results()
                    .require(
                            CheckRule.HT_16,
                            reply.field("allow").isPresent(),
                            () -> "PUT: 405, Allow " + reply.field("allow").orElse("none"));
        } else {
            boolean unknown =
                    outcome instanceof HttpOutcome.Replied(RawHttpResponse reply)
                            && reply.status() == 501;
            context.results().recommend(CheckRule.HT_16, unknown, () -> "PUT: " + text(outcome));
        }
    }

    private static String text(HttpOutcome outcome) {
        return switch (outcome) {
            case HttpOutcome.Replied replied -> "HTTP " + replied.reply().status();
            case HttpOutcome.Failed failed -> failed.why();
        };
    }
}
