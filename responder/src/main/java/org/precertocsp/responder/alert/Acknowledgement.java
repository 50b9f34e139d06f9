package org.precertocsp.responder.alert;

import java.time.Instant;

/// A person's acknowledgement of an alert.
///
/// @param by the person's name
/// @param note the person's findings or actions; may be empty
public record Acknowledgement(String by, Instant at, String note) {
    /// Maximum lengths of name and note.
    public static final int MAX_NAME = 200;

    public static final int MAX_NOTE = 4_000;
}
