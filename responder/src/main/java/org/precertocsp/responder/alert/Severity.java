package org.precertocsp.responder.alert;

/// How soon a person is needed.
public enum Severity {
    /// An answer, a key or the evidence is at risk: now, at any hour.
    CRITICAL,
    /// Nothing is wrong yet, and it will be if nobody acts: today.
    WARNING
}
