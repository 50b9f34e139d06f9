package org.precertocsp.responder.alert;

/// How soon a person must act.
public enum Severity {
    /// A critical alert that nobody acknowledged in time (NSR 3.2.3): at once, by anyone who can.
    EMERGENCY,
    /// An answer, a key or the evidence is at risk: at once, at any hour.
    CRITICAL,
    /// Nothing is wrong yet, but it will be unless somebody acts: within the day.
    WARNING;

    /// The next severity, if nobody acknowledged an alert in time.
    public Severity raised() {
        return this == WARNING ? CRITICAL : EMERGENCY;
    }
}
