package org.precertocsp.loadtest.compare;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The ratio that one performance target requires.
///
/// @param target the line's number, such as `1` or `4`
/// @param text the two values compared
/// @param bound the required ratio
/// @param sides contestants whose figures are used
record ComparisonTarget(
        String target, String text, Bound bound, List<String> sides, Kind kind, Formula formula) {
    private static final double MICROS_PER_MILLI = 1_000;

    /// The quantity of the ratio.
    enum Kind {
        /// Of answers, or of the processor time for each if a server was not busy.
        RATE,
        /// Of answers, whatever the limit was: what clients see.
        THROUGHPUT,
        /// Of the processor time for each answer.
        CPU,
        LATENCY
    }

    /// @param atLeast false: at most
    record Bound(boolean atLeast, double value) {
        boolean holds(double ratio) {
            return atLeast ? ratio >= value : ratio <= value;
        }

        @Override
        public String toString() {
            return "%s %.2f".formatted(atLeast ? "≥" : "≤", value);
        }
    }

    /// Computes a ratio from the samples of one round.
    @FunctionalInterface
    interface Formula {
        /// @param rate how to take a contestant's speed: measured, or from its processor time
        double ratio(Map<String, Measurement> round, ToDoubleFunction<Measurement> rate);
    }

    ComparisonTarget {
        sides = List.copyOf(sides);
    }

    /// One contestant's speed relative to another's.
    static ComparisonTarget speed(String target, String side, String other, double atLeast) {
        return new ComparisonTarget(
                target,
                side + " / " + other,
                new Bound(true, atLeast),
                List.of(side, other),
                Kind.RATE,
                (round, rate) ->
                        rate.applyAsDouble(of(round, side)) / rate.applyAsDouble(of(round, other)));
    }

    /// As [#speed], of another kind.
    ComparisonTarget by(Kind other) {
        return new ComparisonTarget(target, text, bound, sides, other, formula);
    }

    /// A contestant's 99.9th percentile in milliseconds.
    static ComparisonTarget tailMillis(String target, String side, double atMost) {
        return new ComparisonTarget(
                target,
                "p99.9 " + side + ", ms",
                new Bound(false, atMost),
                List.of(side),
                Kind.LATENCY,
                (round, _) -> of(round, side).latency().p999() / MICROS_PER_MILLI);
    }

    /// One contestant's 99.9th percentile relative to another's.
    static ComparisonTarget tail(String target, String side, String other, double atMost) {
        return new ComparisonTarget(
                target,
                "p99.9 " + side + " / " + other,
                new Bound(false, atMost),
                List.of(side, other),
                Kind.LATENCY,
                (round, _) -> of(round, side).latency().p999() / of(round, other).latency().p999());
    }

    static Measurement of(Map<String, Measurement> round, String side) {
        Measurement sample = round.get(side);
        if (sample == null) {
            throw new IllegalStateException("no sample of " + side);
        }
        return sample;
    }
}
