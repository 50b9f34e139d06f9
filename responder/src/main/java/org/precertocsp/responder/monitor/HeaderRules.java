package org.precertocsp.responder.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Checks the HTTP fields of a response (RFC 9919 §6 and §7.2).
record HeaderRules(CheckContext context, Exchange exchange, RawHttpResponse reply) {
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
        ParsedSingleResponse single = exchange.single().orElseThrow();
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
                .require(CheckRule.HT_06, right, () -> exchange.how() + ": Content-Type " + type);
        context.results()
                .recommend(
                        CheckRule.HT_06,
                        reply.field("content-length").isPresent(),
                        () ->
                                "%s: Content-Type %s, Content-Length %s"
                                        .formatted(
                                                exchange.how(),
                                                type,
                                                reply.field("content-length").orElse("none")));
    }

    private boolean forbidsNothing() {
        ResponseCacheControl control = ResponseCacheControl.of(reply);
        context.results()
                .require(
                        CheckRule.HT_13,
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
        Set<String> directives = ResponseCacheControl.of(reply).names();
        if (cacheable && reply.field("Cache-Control").isPresent()) {
            DIRECTIVES.stream().filter(it -> !directives.contains(it)).forEach(missing::add);
        }
        context.results()
                .recommend(
                        CheckRule.HT_07,
                        missing.isEmpty(),
                        () ->
                                exchange.how()
                                        + (missing.isEmpty() ? ": all" : ": missing " + missing));
    }

    private void dates(ParsedSingleResponse single, ParsedBasicResponse response) {
        Optional<String> expires = reply.field("expires");
        if (expires.isPresent() && single.end().isPresent()) {
            context.results()
                    .recommend(
                            CheckRule.HT_08,
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
                            CheckRule.HT_09,
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
                                                CheckRule.HT_10,
                                                tag.matches("\"[^\"]+\""),
                                                () -> exchange.how() + ": ETag " + tag));
    }

    private void age(Instant end) {
        ResponseCacheControl.of(reply)
                .lifetime()
                .ifPresent(
                        lifetime -> {
                            Instant until = reply.at().plus(lifetime);
                            boolean past =
                                    lifetime.isPositive() && until.isAfter(end.plus(ROUNDING));
                            context.results()
                                    .require(
                                            CheckRule.HT_11,
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
