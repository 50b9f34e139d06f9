package org.precertocsp.responder.audit.verify;

/// Something in a log that is not as it was written.
///
/// @param log its origin
/// @param where a file, and a record where one can be named
/// @param what is wrong, for a person
/// @param lost true if records are gone rather than changed
public record Problem(String log, String where, String what, boolean lost) {
    @Override
    public String toString() {
        return log + ", " + where + ": " + what;
    }
}
