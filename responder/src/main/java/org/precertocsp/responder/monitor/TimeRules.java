package org.precertocsp.responder.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.monitor.CheckSubject.Kind;
import org.precertocsp.responder.monitor.ParsedBasicResponse.TimeReading;

/// Checks validity, renewal and clocks. Intervals include both ends (TF-01).
record TimeRules(
        CheckContext context,
        Exchange exchange,
        ParsedBasicResponse response,
        ParsedSingleResponse single) {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration EIGHT_HOURS = Duration.ofHours(8);
    private static final Duration SIXTEEN_HOURS = Duration.ofHours(16);
    private static final Duration FOUR_DAYS = Duration.ofDays(4);
    private static final Duration SEVEN_DAYS = Duration.ofDays(7);
    private static final Duration TEN_DAYS = Duration.ofDays(10);
    private static final Duration TWELVE_MONTHS = Duration.ofDays(366);

    private static final List<CheckRule> OF_CERTIFICATES =
            List.of(
                    CheckRule.TF_02,
                    CheckRule.TF_03,
                    CheckRule.TF_04,
                    CheckRule.TF_05,
                    CheckRule.TF_06,
                    CheckRule.TF_07);

    void examine() {
        clocks();
        certificateExpiry();
        Optional<Instant> start = single.thisUpdate().at();
        Optional<Instant> end = single.end();
        if (start.isEmpty() || end.isEmpty()) {
            return;
        }
        if (context.subject().kind() == Kind.AUTHORITY) {
            OF_CERTIFICATES.forEach(
                    rule -> context.results().notApplicable(rule, "a CA certificate's status"));
            due(CheckRule.TF_10, start.get().plus(TWELVE_MONTHS));
            expiry(end.get());
            return;
        }
        context.results().notApplicable(CheckRule.TF_10, "this is a " + context.subject().kind());
        if (context.isPublic()) {
            lengths(Duration.between(start.get(), end.get()));
            refresh(start.get(), end.get());
        } else {
            OF_CERTIFICATES.forEach(
                    rule ->
                            context.results()
                                    .notApplicable(rule, "profile " + context.profile().name()));
            expiry(end.get());
        }
    }

    private void lengths(Duration validity) {
        Duration inclusive = validity.plus(SECOND);
        boolean atLeast = isCodeSigning() || inclusive.compareTo(EIGHT_HOURS) >= 0;
        context.results()
                .require(
                        CheckRule.TF_02,
                        atLeast && inclusive.compareTo(TEN_DAYS) <= 0,
                        () -> exchange.how() + ": " + text(validity));
        context.results()
                .require(
                        CheckRule.TF_03,
                        inclusive.compareTo(SEVEN_DAYS) <= 0,
                        () -> exchange.how() + ": " + text(validity));
    }

    private boolean isCodeSigning() {
        return context.profile().retentionPastExpiry().isPresent();
    }

    private void refresh(Instant start, Instant end) {
        Duration validity = Duration.between(start, end);
        Instant half = start.plus(validity.dividedBy(2));
        boolean shortLived = validity.compareTo(SIXTEEN_HOURS) < 0;
        if (isCodeSigning()) {
            context.results().notApplicable(CheckRule.TF_04, "profile " + context.profile().name());
            context.results().notApplicable(CheckRule.TF_05, "profile " + context.profile().name());
            expiry(end);
        } else if (shortLived) {
            context.results().notApplicable(CheckRule.TF_05, "valid " + text(validity));
            due(CheckRule.TF_04, half);
        } else {
            context.results().notApplicable(CheckRule.TF_04, "valid " + text(validity));
            due(CheckRule.TF_05, earlier(end.minus(EIGHT_HOURS), start.plus(FOUR_DAYS)));
        }
        due(CheckRule.TF_06, start.plus(FOUR_DAYS));
        due(CheckRule.TF_07, shortLived ? end.minus(EIGHT_HOURS) : half);
    }

    /// If no rule determines when to renew, an expired response is still wrong.
    private void expiry(Instant end) {
        if (end.isBefore(context.now().minus(context.limits().clockSkew()))) {
            context.results()
                    .fail(CheckRule.TF_05, "%s: it expired at %s".formatted(exchange.how(), end));
        }
    }

    private void due(CheckRule rule, Instant renewal) {
        Instant now = context.now();
        context.results()
                .require(
                        rule,
                        !now.isAfter(renewal.plus(context.limits().clockSkew())),
                        () ->
                                "%s: thisUpdate %s, to be renewed by %s"
                                        .formatted(exchange.how(), single.thisUpdate(), renewal));
    }

    private void certificateExpiry() {
        Optional<Instant> end = single.end();
        if (end.isEmpty()) {
            return;
        }
        Instant last =
                response.certificates().stream()
                        .map(SignerCertificate::parse)
                        .flatMap(Optional::stream)
                        .map(sent -> sent.holder().getNotAfter().toInstant())
                        .min(Instant::compareTo)
                        .orElse(context.subject().issuer().notAfter());
        context.results()
                .require(
                        CheckRule.TF_09,
                        !end.get().isAfter(last),
                        () ->
                                "%s: nextUpdate %s, certificate until %s"
                                        .formatted(exchange.how(), end.get(), last));
    }

    private void clocks() {
        Instant horizon = context.now().plus(context.limits().clockSkew());
        notAfter(horizon, "producedAt", response.producedAt());
        notAfter(horizon, "thisUpdate", single.thisUpdate());
        exchange.reply()
                .flatMap((RawHttpResponse reply) -> reply.date("date"))
                .filter(date -> date.isAfter(horizon))
                .ifPresent(
                        date ->
                                context.results()
                                        .fail(CheckRule.TF_14, exchange.how() + ": Date " + date));
        if (response.producedAt().at().isPresent() && single.thisUpdate().at().isPresent()) {
            context.results()
                    .require(
                            CheckRule.TF_12,
                            !response.producedAt()
                                    .at()
                                    .get()
                                    .isBefore(single.thisUpdate().at().get()),
                            () ->
                                    "%s: producedAt %s, thisUpdate %s"
                                            .formatted(
                                                    exchange.how(),
                                                    response.producedAt(),
                                                    single.thisUpdate()));
        }
    }

    private void notAfter(Instant horizon, String what, TimeReading time) {
        boolean future = time.at().filter(at -> at.isAfter(horizon)).isPresent();
        context.results()
                .require(
                        CheckRule.TF_14,
                        !future,
                        () ->
                                "%s: %s %s, here it is %s"
                                        .formatted(exchange.how(), what, time, context.now()));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static String text(Duration validity) {
        return "%d d %d h %d min %d s"
                .formatted(
                        validity.toDays(),
                        validity.toHoursPart(),
                        validity.toMinutesPart(),
                        validity.toSecondsPart());
    }
}
