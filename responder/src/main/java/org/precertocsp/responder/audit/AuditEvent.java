package org.precertocsp.responder.audit;

import java.util.Map;

/// One thing that happened.
///
/// @param who a role and name, a file, a log; `precert-ocsp` for what the program does by itself
/// @param details by name; never request contents or client addresses
public record AuditEvent(Kind kind, String who, Map<String, String> details) {
    /// The kinds of events. Changes of status are recorded apart from them.
    public enum Kind {
        START,
        STOP,
        /// The server had not stopped before it was started again.
        CRASH_FOUND,
        CONFIGURATION,
        CREDENTIAL,
        KEY_USE,
        ACCESS_REFUSED,
        /// An operator said that the clock is right, though it is behind times recorded before.
        CLOCK_ACCEPTED,
        /// Something that was kept is gone or older than it was.
        STATE_LOST,
        /// A log brought a precertificate that the CA's own feed never did (CT-20).
        PRECERTIFICATE_NEVER_FED,
        ALERT
    }

    public AuditEvent {
        details = Map.copyOf(details);
    }
}
