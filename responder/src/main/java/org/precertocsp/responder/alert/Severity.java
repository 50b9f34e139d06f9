package org.precertocsp.responder.alert;

/// How soon a person is needed.
public enum Severity {
    /// A critical alert that nobody acknowledged in its time (NSR 3.2.3): whoever can, now.
    EMERGENCY,
    /// An answer, a key or the evidence is at risk: now, at any hour.
    CRITICAL,
    /// Nothing is wrong yet, and it will be if nobody acts: today.
    WARNING;

    /// The next severity, when nobody acknowledged an alert in time.
    public Severity raised() {
        return this == WARNING ? CRITICAL : EMERGENCY;
    }
}
