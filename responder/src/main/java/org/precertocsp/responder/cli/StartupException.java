package org.precertocsp.responder.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The responder did not start, with every reason found. Has a cause if something failed, and none
/// if a rule forbids the start.
public final class StartupException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> reasons;

    public StartupException(List<String> reasons, @Nullable Throwable cause) {
        super(String.join("; ", reasons), cause);
        this.reasons = List.copyOf(reasons);
    }

    public StartupException(String reason, @Nullable Throwable cause) {
        this(List.of(reason), cause);
    }

    public List<String> reasons() {
        return reasons;
    }
}
