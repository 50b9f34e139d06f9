package org.precertocsp.loadtest.compare;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The kinds of comparisons.
public enum ComparisonKind {
    /// Cached GET against nginx with the same bytes.
    GET,
    /// Cached POST against our own GET.
    POST,
    /// A signature for each answer against the rate of the key alone.
    LIVE,
    /// Responses signed before, by POST.
    CFSSL,
    /// Live signatures, one connection for each.
    OPENSSL,
    /// Unassigned serials against cached ones.
    UNASSIGNED,
    /// Slowest answers under a steady load.
    TAIL;

    public static Optional<ComparisonKind> named(String text) {
        return Arrays.stream(values()).filter(pair -> pair.toString().equals(text)).findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
