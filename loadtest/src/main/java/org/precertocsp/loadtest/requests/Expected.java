package org.precertocsp.loadtest.requests;

/// What a right answer says of a serial.
public enum Expected {
    GOOD,
    REVOKED,
    /// Good or revoked: whoever made the list did not know which.
    ASSIGNED,
    /// Never issued: a signed `unknown`, or the unsigned `unauthorized` (RFC 5019 §2.2.3).
    UNASSIGNED
}
