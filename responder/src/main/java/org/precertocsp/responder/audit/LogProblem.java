package org.precertocsp.responder.audit;

/// A part of a log that is not as it was written.
///
/// @param log the log's origin
/// @param where a file, and a record if one can be named
/// @param what the problem, for a person
/// @param lost true if records are missing rather than changed
public record LogProblem(String log, String where, String what, boolean lost) {
    /// The location if a log was started anew: earlier records are missing, the present ones are as
    /// written.
    public static final String BEGINNING = "its beginning";

    /// Records with times before those of earlier records: the clock was set back.
    public static final String CLOCK = "its times";

    @Override
    public String toString() {
        return log + ", " + where + ": " + what;
    }
}
