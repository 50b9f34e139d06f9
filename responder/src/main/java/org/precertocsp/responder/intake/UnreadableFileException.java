package org.precertocsp.responder.intake;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.NoSuchFileException;

/// A file could not be read to its end; nothing of it took effect.
public final class UnreadableFileException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnreadableFileException(String file, Exception cause) {
        super(file + " cannot be read: " + reason(cause), cause);
    }

    /// The cause in words: some I/O exceptions have only a path as their message, others only wrap
    /// another exception.
    public static String reason(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapper =
                failure instanceof UncheckedIOException
                        || failure instanceof DirectoryIteratorException;
        return switch (failure) {
            case AccessDeniedException e -> "permission denied (" + e.getFile() + ")";
            case NoSuchFileException e -> "no such file (" + e.getFile() + ")";
            case Throwable _ when wrapper && cause != null -> reason(cause);
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }
}
