package org.precertocsp.loadtest.compare;

import java.util.Arrays;
import java.util.Collection;

/// Minimum, median and maximum of the figures of several rounds.
public record MinMedianMax(double min, double median, double max) {
    /// @throws IllegalArgumentException if there are none
    public static MinMedianMax of(Collection<Double> figures) {
        double[] sorted = figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no figures");
        }
        int middle = sorted.length / 2;
        double median =
                sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new MinMedianMax(sorted[0], median, Arrays.stream(sorted).max().orElseThrow());
    }
}
