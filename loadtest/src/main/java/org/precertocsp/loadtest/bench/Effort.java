package org.precertocsp.loadtest.bench;

import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// How thoroughly to measure.
///
/// @param forks Java processes for each benchmark, one after the other; 0 stays in this one, for
///   tests
/// @param milliseconds of each iteration; a pass over a large file takes what it takes
/// @param records in every store and file
record Effort(int forks, int warmups, int measurements, int milliseconds, int records) {
    static final Effort FULL = new Effort(2, 2, 4, 1_000, 1_000_000);

    /// Enough to see a change of a third.
    static final Effort QUICK = new Effort(1, 2, 3, 200, 10_000);

    /// A sign of life.
    static final Effort GLANCE = new Effort(0, 0, 1, 50, 2_000);

    void applyTo(ChainedOptionsBuilder options) {
        options.forks(forks)
                .warmupIterations(warmups)
                .warmupTime(TimeValue.milliseconds(milliseconds))
                .measurementIterations(measurements)
                .measurementTime(TimeValue.milliseconds(milliseconds))
                .param("records", Integer.toString(records));
    }
}
