package org.precertocsp.loadtest.requests;

/// Which row the n-th request asks about.
@FunctionalInterface
interface RowOrder {
    int row(long index);

    static RowOrder of(Mix.Order order, int rows, long seed) {
        return switch (order) {
            case Mix.Order.Sequential _ -> index -> (int) (index % rows);
            case Mix.Order.Zipf zipf -> new ZipfOrder(zipf.skew(), rows, seed);
        };
    }
}
