package org.precertocsp.responder.ctlog;

import org.jspecify.annotations.Nullable;

/// A log, or something between it and us, violated the log's guarantees. Following stops, and
/// nothing unproven takes effect. The message names the log and the sizes and roots that disagree,
/// which are needed to report the log.
public final class LogIntegrityException extends Exception {
    private static final long serialVersionUID = 1L;

    /// The kinds of violations.
    public enum Kind {
        /// The head is not signed by the log's key, or cannot be parsed.
        UNTRUSTED_HEAD,
        /// The tree is smaller than one the log signed before, though signed later.
        SHRUNK,
        /// The tree does not continue one that the log signed before.
        FORKED,
        /// The entries are not part of the tree.
        TAMPERED,
        /// The newest head is older than permitted.
        STALE,
        /// A response does not follow the log's API, for instance with a gap between entries.
        MALFORMED
    }

    private final Kind kind;

    LogIntegrityException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
