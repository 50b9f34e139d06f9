package org.precertocsp.responder.audit;

import java.util.Map;

/// One event for the audit log.
///
/// @param who a role and name, a file, or a log; `precert-ocsp` for actions of the program itself
/// @param details by name; never request contents or client addresses
public record AuditEvent(Kind kind, String who, Map<String, String> details) {
    /// The kinds of events. Changes of status are recorded separately.
    public enum Kind {
        START,
        STOP,
        /// The previous run of the server ended without a shutdown.
        CRASH_FOUND,
        CONFIGURATION,
        CREDENTIAL,
        KEY_USE,
        ACCESS_REFUSED,
        /// An operator confirmed the clock, though it is behind times recorded before.
        CLOCK_ACCEPTED,
        /// An operator ordered an authority of a cluster to take changes.
        CLUSTER_CLAIM,
        /// Stored state is missing or older than it was.
        STATE_LOST,
        /// The files of store and logs were copied.
        BACKUP,
        /// Store and logs, or the store alone, were restored from a backup.
        RESTORED,
        /// A log contained a precertificate that the CA's own feed never delivered (CT-20).
        PRECERTIFICATE_NEVER_FED,
        ALERT
    }

    public AuditEvent {
        details = Map.copyOf(details);
    }
}
