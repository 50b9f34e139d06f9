package org.precertocsp.der;

/// The input is not the DER that is expected at this position.
///
/// Has no stack trace: it is thrown for hostile requests, which must not cost more than honest
/// ones, and for single entries of lists with millions of entries.
public final class MalformedDerException extends Exception {
    private static final long serialVersionUID = 1L;

    private static final long NOWHERE = -1;

    private final String problem;
    private final long offset;

    /// @param problem never includes the bytes, which may be a secret
    public MalformedDerException(String problem) {
        this(problem, NOWHERE);
    }

    /// @param offset of the error from the start of the whole input
    public MalformedDerException(String problem, long offset) {
        super(problem, null, false, false);
        this.problem = problem;
        this.offset = offset;
    }

    /// The problem, followed by the offset if there is one.
    @Override
    public String getMessage() {
        return offset == NOWHERE ? problem : problem + " (offset " + offset + ")";
    }
}
