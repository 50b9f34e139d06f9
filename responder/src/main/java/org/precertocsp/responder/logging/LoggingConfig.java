package org.precertocsp.responder.logging;

/// The format and level of the log, which is always written to standard error, since standard
/// output belongs to the results of commands.
///
/// @param level of this program's own messages; its libraries log from `warn`
public record LoggingConfig(Format format, Level level) {
    /// The default.
    public static final LoggingConfig USUAL = new LoggingConfig(Format.TEXT, Level.INFO);

    public enum Format {
        /// One line per message, UTC to the millisecond.
        TEXT,
        /// One JSON object per line.
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
