package org.precertocsp.loadtest.report;

import java.util.List;
import java.util.Locale;

/// Formats numbers for people.
final class FigureFormat {
    /// The percentiles in every report.
    static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 99.99);

    private static final double MICROSECOND = 1e3;
    private static final double MILLISECOND = 1e6;
    private static final double SECOND = 1e9;

    private FigureFormat() {}

    /// Three digits and a unit.
    static String nanos(double nanos) {
        if (nanos < MILLISECOND) {
            return digits(nanos / MICROSECOND) + " µs";
        }
        return nanos < SECOND ? digits(nanos / MILLISECOND) + " ms" : digits(nanos / SECOND) + " s";
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    static String rate(double perSecond) {
        return perSecond < 100 ? digits(perSecond) : count(Math.round(perSecond));
    }

    static String share(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String digits(double value) {
        String form = value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, form, value);
    }
}
