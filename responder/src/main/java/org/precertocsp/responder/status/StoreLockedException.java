package org.precertocsp.responder.status;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Another process, most likely the running server, has the store open for writing. Not a failure:
/// files can be loaded through that process, and read-only access is possible.
public final class StoreLockedException extends Exception {
    private static final long serialVersionUID = 1L;

    public StoreLockedException(Path directory, @Nullable Throwable cause) {
        super("the store " + directory + " is open already, as it is while the server runs", cause);
    }
}
