package org.precertocsp.responder.audit;

/// Something in a log that is not as it was written.
///
/// @param log its origin
/// @param where a file, and a record where one can be named
/// @param what is wrong, for a person
/// @param lost true if records are gone rather than changed
public record LogProblem(String log, String where, String what, boolean lost) {
    /// Where a log was begun anew: what was before it is missing, what is in it is as written.
    public static final String BEGINNING = "its beginning";

    /// Records of times before those of earlier records: the clock was set back.
    public static final String CLOCK = "its times";

    @Override
    public String toString() {
        return log + ", " + where + ": " + what;
    }
}
