package org.precertocsp.responder.status;

/// A set has more changes than allowed; none of them takes effect. The message instructs the
/// operator to split the file.
public final class TooManyChangesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TooManyChangesException(int limit) {
        super(
                "more than %,d changes in one file, which takes effect whole or not at all: split it"
                        .formatted(limit));
    }
}
