package org.precertocsp.responder.intake.ctlog.watch;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// How following one log stands.
///
/// @param problem what was last wrong, while it is
public record LogState(String log, Phase phase, Reading reading, Optional<String> problem) {
    /// What the follower is at.
    public enum Phase {
        /// It has not reached the log yet.
        STARTING,
        CATCHING_UP,
        /// It has read the log to its head and looks for more from time to time.
        FOLLOWING,
        /// The log does not answer; it is asked again.
        SILENT,
        /// An answer was not what the log signed; it is asked again before that counts.
        DOUBTED,
        /// The log's newest head is too old; nothing is taken from it until there is a newer one.
        STALE,
        /// We cannot go on, for no fault of the log: the store or the configuration; tried again.
        FAILING,
        /// The log is not to be trusted. An operator has to have it tried again.
        STOPPED;

        /// As a label: `catching_up`.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param entries read since the start of the program
    /// @param place entries of the log taken in, those before the first one wanted included
    /// @param headSize entries of the log by its newest head seen
    /// @param headAt when the log signed that
    public record Reading(long entries, long place, long headSize, Optional<Instant> headAt) {
        static final Reading NONE = new Reading(0, 0, 0, Optional.empty());

        public long lag() {
            return Math.max(0, headSize - place);
        }
    }

    static LogState starting(String log) {
        return new LogState(log, Phase.STARTING, Reading.NONE, Optional.empty());
    }

    LogState in(Phase next) {
        return new LogState(log, next, reading, Optional.empty());
    }

    LogState in(Phase next, String why) {
        return new LogState(log, next, reading, Optional.of(why));
    }

    LogState with(Reading next) {
        return new LogState(log, phase, next, problem);
    }
}
