package org.precertocsp.loadtest.bench;

import org.jspecify.annotations.Nullable;

/// What a benchmark's set-up has made; JMH wants fields, and no constructor with arguments.
final class Made {
    private Made() {}

    static <T> T of(@Nullable T made) {
        if (made == null) {
            throw new IllegalStateException("set up first");
        }
        return made;
    }
}
