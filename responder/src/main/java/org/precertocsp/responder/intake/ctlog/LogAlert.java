package org.precertocsp.responder.intake.ctlog;

import org.jspecify.annotations.Nullable;

/// A log broke its promise, or somebody between it and us did. Following stops, and nothing that is
/// not proven takes effect. The message names the log, and the sizes and roots that do not agree:
/// keep it, since it is what one reports a log with.
public final class LogAlert extends Exception {
    private static final long serialVersionUID = 1L;

    /// What is wrong.
    public enum Kind {
        /// The head is not signed by the log's key, or cannot be read.
        UNTRUSTED_HEAD,
        /// The tree is smaller than one the log signed before, though signed later.
        SHRUNK,
        /// The tree is no continuation of one the log signed before.
        FORKED,
        /// The entries are not those of the tree.
        TAMPERED,
        /// The log signed its head longer ago than it may.
        STALE,
        /// An answer is not what the log's API promises; a gap between entries is of this kind.
        MALFORMED
    }

    private final Kind kind;

    LogAlert(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
