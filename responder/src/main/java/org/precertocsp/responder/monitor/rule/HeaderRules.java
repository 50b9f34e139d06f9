package org.precertocsp.responder.monitor.rule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.responder.monitor.response.SignedReading;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.monitor.wire.WireReply;

/// Checks the HTTP fields of a response (RFC 9919 §6 and §7.2).
record HeaderRules(Case context, Asked exchange, WireReply reply) {
    private static final String MEDIA_TYPE = "application/ocsp-response";
    private static final List<String> CACHE_FIELDS =
            List.of("Date", "Last-Modified", "Expires", "ETag", "Cache-Control");
    private static final List<String> DIRECTIVES =
            List.of("max-age", "public", "no-transform", "must-revalidate");

    /// Tolerance for rounding to seconds.
    private static final Duration ROUNDING = Duration.ofSeconds(2);

    void examine() {
        content();
        if (!exchange.method().equals("GET") || !exchange.isDefinitive()) {
            return;
        }
        SingleReading single = exchange.single().orElseThrow();
        boolean cacheable = forbidsNothing();
        fields(cacheable);
        dates(single, exchange.signed().orElseThrow());
        tag();
        single.end().ifPresent(this::age);
    }

    private void content() {
        String type = reply.field("content-type").orElse("none");
        boolean right = type.replaceFirst(";.*", "").strip().equalsIgnoreCase(MEDIA_TYPE);
        context.results()
                .require(Rule.HT_06, right, () -> exchange.how() + ": Content-Type " + type);
        context.results()
                .recommend(
                        Rule.HT_06,
                        reply.field("content-length").isPresent(),
                        () ->
                                "%s: Content-Type %s, Content-Length %s"
                                        .formatted(
                                                exchange.how(),
                                                type,
                                                reply.field("content-length").orElse("none")));
    }

    private boolean forbidsNothing() {
        CacheControl control = CacheControl.of(reply);
        context.results()
                .require(
                        Rule.HT_13,
                        !control.forbidsCaching(),
                        () -> exchange.how() + ": Cache-Control " + control.text());
        return !control.forbidsCaching();
    }

    private void fields(boolean cacheable) {
        List<String> missing = new ArrayList<>();
        for (String field : CACHE_FIELDS) {
            if (reply.field(field).isEmpty()) {
                missing.add(field);
            }
        }
        Set<String> directives = CacheControl.of(reply).names();
        if (cacheable && reply.field("Cache-Control").isPresent()) {
            DIRECTIVES.stream().filter(it -> !directives.contains(it)).forEach(missing::add);
        }
        context.results()
                .recommend(
                        Rule.HT_07,
                        missing.isEmpty(),
                        () ->
                                exchange.how()
                                        + (missing.isEmpty() ? ": all" : ": missing " + missing));
    }

    private void dates(SingleReading single, SignedReading response) {
        Optional<String> expires = reply.field("expires");
        if (expires.isPresent() && single.end().isPresent()) {
            context.results()
                    .recommend(
                            Rule.HT_08,
                            reply.date("expires").equals(single.end()),
                            () ->
                                    "%s: Expires %s, nextUpdate %s"
                                            .formatted(
                                                    exchange.how(),
                                                    expires.get(),
                                                    single.nextUpdate().orElseThrow()));
        }
        Optional<String> modified = reply.field("last-modified");
        if (modified.isPresent()) {
            Optional<Instant> at = reply.date("last-modified");
            context.results()
                    .recommend(
                            Rule.HT_09,
                            at.equals(single.thisUpdate().at())
                                    || at.equals(response.producedAt().at()),
                            () ->
                                    "%s: Last-Modified %s, thisUpdate %s"
                                            .formatted(
                                                    exchange.how(),
                                                    modified.get(),
                                                    single.thisUpdate()));
        }
    }

    private void tag() {
        reply.field("etag")
                .ifPresent(
                        tag ->
                                context.results()
                                        .recommend(
                                                Rule.HT_10,
                                                tag.matches("\"[^\"]+\""),
                                                () -> exchange.how() + ": ETag " + tag));
    }

    private void age(Instant end) {
        CacheControl.of(reply)
                .lifetime()
                .ifPresent(
                        lifetime -> {
                            Instant until = reply.at().plus(lifetime);
                            boolean past =
                                    lifetime.isPositive() && until.isAfter(end.plus(ROUNDING));
                            context.results()
                                    .require(
                                            Rule.HT_11,
                                            !past,
                                            () ->
                                                    "%s: cached for %d s, until %s; nextUpdate %s"
                                                            .formatted(
                                                                    exchange.how(),
                                                                    lifetime.toSeconds(),
                                                                    until,
                                                                    end));
                        });
    }
}
