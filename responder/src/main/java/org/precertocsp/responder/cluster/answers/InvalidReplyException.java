package org.precertocsp.responder.cluster.answers;

import org.jspecify.annotations.Nullable;

/// The bytes are not a reply of an authority.
final class InvalidReplyException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidReplyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
