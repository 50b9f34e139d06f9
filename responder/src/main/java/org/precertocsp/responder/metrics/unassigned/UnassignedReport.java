package org.precertocsp.responder.metrics.unassigned;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Requests for unassigned serials in a period of whole hours, for every issuer.
///
/// @param from beginning of the first hour
/// @param until end of the last hour
public record UnassignedReport(Instant from, Instant until, List<OfIssuer> issuers) {
    /// @param requests exact
    /// @param distinct different serials, estimated
    /// @param most the most requested first
    public record OfIssuer(String issuer, long requests, long distinct, List<Often> most) {}

    /// @param serial hexadecimal
    /// @param requests estimate
    /// @param atLeast a lower bound
    /// @param first beginning of the first hour in which it was among the most requested
    /// @param last end of the last such hour
    public record Often(String serial, long requests, long atLeast, Instant first, Instant last) {}

    private static final Duration HOUR = Duration.ofHours(1);

    private record Span(Instant first, Instant last) {}

    /// Reads the files of a server, which are at most a minute old.
    ///
    /// @param top maximum number of serials per issuer
    /// @throws IOException a file cannot be read, naming it
    public static UnassignedReport read(Path directory, Instant since, Instant now, int top)
            throws IOException {
        HourlyCountStore folder = new HourlyCountStore(directory);
        Instant from = since.truncatedTo(ChronoUnit.HOURS);
        Map<String, SerialRequestSketch> all = new TreeMap<>();
        Map<String, Map<String, Span>> spans = new HashMap<>();
        for (Instant hour : folder.hours()) {
            if (!hour.isBefore(from) && !hour.isAfter(now)) {
                folder.read(hour)
                        .forEach(
                                (issuer, asked) -> {
                                    see(
                                            spans.computeIfAbsent(issuer, _ -> new HashMap<>()),
                                            asked,
                                            hour);
                                    all.computeIfAbsent(issuer, _ -> new SerialRequestSketch())
                                            .merge(asked);
                                });
            }
        }
        List<OfIssuer> issuers = new ArrayList<>();
        all.forEach(
                (issuer, asked) ->
                        issuers.add(
                                ofIssuer(
                                        issuer, asked, spans.getOrDefault(issuer, Map.of()), top)));
        return new UnassignedReport(from, now.truncatedTo(ChronoUnit.HOURS).plus(HOUR), issuers);
    }

    private static void see(Map<String, Span> spans, SerialRequestSketch asked, Instant hour) {
        Set<String> serials = new HashSet<>();
        asked.most(Integer.MAX_VALUE).forEach(often -> serials.add(often.serial()));
        for (String serial : serials) {
            spans.merge(
                    serial,
                    new Span(hour, hour.plus(HOUR)),
                    (before, now) -> new Span(before.first(), now.last()));
        }
    }

    private static OfIssuer ofIssuer(
            String issuer, SerialRequestSketch asked, Map<String, Span> spans, int top) {
        List<Often> most = new ArrayList<>();
        for (SerialRequestSketch.Often often : asked.most(Integer.MAX_VALUE)) {
            Span span = spans.get(often.serial());
            if (span != null && most.size() < top) {
                most.add(
                        new Often(
                                often.serial(),
                                often.about(),
                                often.atLeast(),
                                span.first(),
                                span.last()));
            }
        }
        return new OfIssuer(issuer, asked.count(), asked.distinct(), most);
    }
}
