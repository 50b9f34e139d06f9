package org.precertocsp.responder.logging;

/// How the log is written; it always goes to standard error, since standard output belongs to what
/// commands print.
///
/// @param level of this program's own messages; its libraries speak up from `warn`
public record LoggingConfig(Format format, Level level) {
    /// What holds until a configuration says otherwise.
    public static final LoggingConfig USUAL = new LoggingConfig(Format.TEXT, Level.INFO);

    public enum Format {
        /// One line a message, UTC to the millisecond.
        TEXT,
        /// One JSON object a line.
        JSON
    }

    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
