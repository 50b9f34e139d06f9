package org.precertocsp.responder.alert;

import java.time.Instant;

/// A person has acknowledged an alert.
///
/// @param by who
/// @param note of what they found or do; may be empty
public record Acknowledgement(String by, Instant at, String note) {
    /// Longest name and note kept.
    public static final int MAX_NAME = 200;

    public static final int MAX_NOTE = 4_000;
}
