package org.precertocsp.responder.store;

import java.util.Collection;

/// Objects with memory that the garbage collector does not manage.
final class NativeResources {
    private NativeResources() {}

    /// Closes them in order; an object that fails to close is a bug, thrown after the others are
    /// closed.
    static void close(Collection<? extends AutoCloseable> natives) {
        IllegalStateException failure = null;
        for (AutoCloseable object : natives) {
            try {
                object.close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException("cannot close " + object, e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        natives.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
