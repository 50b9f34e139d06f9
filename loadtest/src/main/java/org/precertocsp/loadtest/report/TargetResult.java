package org.precertocsp.loadtest.report;

/// One performance target and its measured value.
///
/// @param number of the line, 1 to 14, or [#MORE], or [#LOGS]
/// @param want the bound, as text
/// @param seen the measured value, as text
/// @param figures absolute figures behind a ratio, as text; empty if the value is absolute itself
public record TargetResult(
        String number, String what, String want, String seen, String figures, Outcome outcome) {
    /// Replaces the number for targets that are measured beside the numbered ones.
    public static final String MORE = "–";

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
        return new TargetResult(number, what, "≥ " + text(want), text(seen), "", met(seen >= want));
    }

    public static TargetResult atMost(String number, String what, double want, double seen) {
        return new TargetResult(number, what, "≤ " + text(want), text(seen), "", met(seen <= want));
    }

    /// The same with absolute figures beside its value.
    public TargetResult with(String absolute) {
        return new TargetResult(number, what, want, seen, absolute, outcome);
    }

    /// The same, not valid if `isVoid`.
    public TargetResult voidIf(boolean isVoid) {
        return isVoid ? new TargetResult(number, what, want, seen, figures, Outcome.VOID) : this;
    }

    private static Outcome met(boolean met) {
        return met ? Outcome.MET : Outcome.MISSED;
    }

    private static String text(double value) {
        return value < SMALL ? "%.2f".formatted(value) : "%,.0f".formatted(value);
    }
}
