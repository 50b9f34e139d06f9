package org.precertocsp.loadtest.report;

/// One performance target and its measured value.
///
/// @param number of the line, 1 to 12, or [#LOGS]
/// @param want the bound, as text
/// @param seen the measured value, as text
public record TargetResult(String number, String what, String want, String seen, Outcome outcome) {
    /// Replaces the number for targets of reading Certificate Transparency logs.
    public static final String LOGS = "CT";

    private static final double SMALL = 100;

    /// The verdicts on a target.
    public enum Outcome {
        MET,
        MISSED,
        /// Wrong or failed answers: the figures are not valid.
        VOID
    }

    public static TargetResult atLeast(String number, String what, double want, double seen) {
        return new TargetResult(number, what, "≥ " + text(want), text(seen), met(seen >= want));
    }

    public static TargetResult atMost(String number, String what, double want, double seen) {
        return new TargetResult(number, what, "≤ " + text(want), text(seen), met(seen <= want));
    }

    private static Outcome met(boolean met) {
        return met ? Outcome.MET : Outcome.MISSED;
    }

    private static String text(double value) {
        return value < SMALL ? "%.2f".formatted(value) : "%,.0f".formatted(value);
    }
}
