package org.precertocsp.loadtest.verify;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import org.precertocsp.loadtest.drive.Fault;

/// What a check stops at.
final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    private final Fault fault;
    private final String seen;

    @FormatMethod
    Wrong(Fault fault, @FormatString String seen, Object... arguments) {
        super(fault.name(), null, false, false);
        this.fault = fault;
        this.seen = seen.formatted(arguments);
    }

    Fault fault() {
        return fault;
    }

    String seen() {
        return seen;
    }
}
