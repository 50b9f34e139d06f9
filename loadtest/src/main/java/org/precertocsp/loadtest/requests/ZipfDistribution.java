package org.precertocsp.loadtest.requests;

/// Draws from a Zipf distribution without a table of weights, by rejection-inversion (W. Hörmann,
/// G. Derflinger, 1996): 1.0 to 1.4 logarithms and exponentials per draw, for any number of rows.
final class ZipfDistribution {
    /// Spreads popular rows over the table, so that they are not neighbours in a sorted store.
    private static final long STRIDE = 2_654_435_761L;

    private final double skew;
    private final int rows;
    private final long seed;
    private final boolean spread;
    private final double first;
    private final double last;
    private final double squeeze;

    ZipfDistribution(double skew, int rows, long seed) {
        this.skew = skew;
        this.rows = rows;
        this.seed = ~seed;
        // A stride that shares no factor with the row count visits every row.
        this.spread = rows % STRIDE != 0;
        this.first = integral(1.5) - 1;
        this.last = integral(rows + 0.5);
        this.squeeze = 2 - inverse(integral(2.5) - weight(2));
    }

    /// The row for the request with that number.
    int row(long index) {
        int rank = rank(index);
        return spread ? (int) (rank * STRIDE % rows) : rank;
    }

    /// From 0, the most popular.
    int rank(long index) {
        long random = CounterBasedRandom.of(seed, index);
        while (true) {
            double u = last + CounterBasedRandom.unit(random) * (first - last);
            double x = inverse(u);
            long k = Math.clamp(Math.round(x), 1, rows);
            if (k - x <= squeeze || u >= integral(k + 0.5) - weight((double) k)) {
                return (int) k - 1;
            }
            random = CounterBasedRandom.of(random, index);
        }
    }

    private double weight(double x) {
        return Math.exp(-skew * Math.log(x));
    }

    /// The integral of the weight, shifted so that it is 0 at 1: (x^(1-s) - 1) / (1-s).
    private double integral(double x) {
        double log = Math.log(x);
        double t = (1 - skew) * log;
        return Math.abs(t) > 1e-8 ? Math.expm1(t) / (1 - skew) : log * (1 + t / 2);
    }

    private double inverse(double y) {
        double t = Math.max(-1, y * (1 - skew));
        return Math.abs(t) > 1e-8
                ? Math.exp(Math.log1p(t) / (1 - skew))
                : Math.exp(y * (1 - t / 2));
    }
}
