package org.precertocsp.responder.alert;

import java.time.Instant;

/// A person has taken an alert up.
///
/// @param by who
/// @param note what they found or do; may be empty
public record Acknowledgement(String by, Instant at, String note) {
    /// Longest name and note kept.
    public static final int MAX_NAME = 200;

    public static final int MAX_NOTE = 4_000;
}
