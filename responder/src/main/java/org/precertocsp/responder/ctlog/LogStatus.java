package org.precertocsp.responder.ctlog;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// The state of following one log.
///
/// @param problem the current problem, if any
public record LogStatus(String log, Phase phase, Reading reading, Optional<String> problem) {
    /// The phases of following.
    public enum Phase {
        /// Not connected to the log yet.
        STARTING,
        CATCHING_UP,
        /// Has read the log to its head and polls for more.
        FOLLOWING,
        /// The log does not answer; requests are repeated.
        SILENT,
        /// A response contradicted what the log signed; it is requested again before that counts.
        DOUBTED,
        /// The log's newest head is too old; nothing is read until there is a newer one.
        STALE,
        /// Failure of the store or the configuration; tried again.
        FAILING,
        /// The log is not trusted; an operator must restart following.
        STOPPED;

        /// As a label: `catching_up`.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param entries read since the start of the process
    /// @param place position in the log, including entries before the first one read
    /// @param headSize entries in the newest head
    /// @param headAt timestamp of that head
    public record Reading(long entries, long place, long headSize, Optional<Instant> headAt) {
        static final Reading NONE = new Reading(0, 0, 0, Optional.empty());

        public long lag() {
            return Math.max(0, headSize - place);
        }
    }

    static LogStatus starting(String log) {
        return new LogStatus(log, Phase.STARTING, Reading.NONE, Optional.empty());
    }

    LogStatus in(Phase next) {
        return new LogStatus(log, next, reading, Optional.empty());
    }

    LogStatus in(Phase next, String why) {
        return new LogStatus(log, next, reading, Optional.of(why));
    }

    LogStatus with(Reading next) {
        return new LogStatus(log, phase, next, problem);
    }
}
