package org.precertocsp.loadtest.requests;

/// The expected status of a serial.
public enum ExpectedStatus {
    GOOD,
    REVOKED,
    /// Good or revoked: the list does not state which.
    ASSIGNED,
    /// Never issued: a signed `unknown`, or the unsigned `unauthorized` (RFC 5019 §2.2.3).
    UNASSIGNED
}
