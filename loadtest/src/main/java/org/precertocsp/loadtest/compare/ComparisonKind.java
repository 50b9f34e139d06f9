package org.precertocsp.loadtest.compare;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The kinds of comparisons.
public enum ComparisonKind {
    /// Cached GET against nginx with the same bytes.
    GET,
    /// The same driven by `wrk`, one URL.
    WRK,
    /// Cached POST against our own GET.
    POST,
    /// A signature for each answer against the rate of the key alone.
    LIVE,
    /// Slowest live answers under a steady load.
    LIVE_TAIL,
    /// Answers signed ahead and read from disk against cached ones.
    STORED,
    /// Responses signed before, by POST.
    CFSSL,
    /// Live signatures, one connection for each.
    OPENSSL,
    /// Unassigned serials against cached ones.
    UNASSIGNED,
    /// Slowest answers under a steady load.
    TAIL,
    /// The first seconds after a start against the steady state.
    COLD;

    public static Optional<ComparisonKind> named(String text) {
        return Arrays.stream(values()).filter(pair -> pair.toString().equals(text)).findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
