package org.precertocsp.responder.monitor.reconcile;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.precertocsp.ocsp.Octets;

/// Finds serials that one CA has used with two of its keys: issuer name and serial identify one
/// certificate (RFC 5280 §4.1.2.2), whatever key signed it.
final class Reuse {
    private Reuse() {}

    /// @param places of one serial
    static List<Difference> of(List<Place> places) {
        if (places.size() < 2) {
            return List.of();
        }
        Map<Octets, List<Place>> byName =
                places.stream().collect(Collectors.groupingBy(it -> it.issuer().subjectName()));
        return byName.values().stream()
                .filter(same -> same.size() > 1)
                .map(Reuse::difference)
                .toList();
    }

    private static Difference difference(List<Place> same) {
        String seen =
                same.stream()
                        .map(it -> "%s (%s)".formatted(it.issuer().name(), names(it)))
                        .collect(Collectors.joining(" and "));
        Place first = same.getFirst();
        return new Difference(
                Kind.REUSED,
                first.issuer().name(),
                first.serial().toHex(),
                "under the keys of " + seen);
    }

    private static String names(Place place) {
        return place.sources().stream().map(Source::toString).collect(Collectors.joining(", "));
    }
}
