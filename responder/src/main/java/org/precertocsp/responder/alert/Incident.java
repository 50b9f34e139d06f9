package org.precertocsp.responder.alert;

/// A problem that requires the attention of a person.
///
/// @param about its subject, such as a log's or an issuer's name or a serial: an incident of the
///   same kind about the same subject belongs to the same alert
/// @param what for the person: the problem, where it shows, and what to do
public record Incident(Kind kind, String about, String what) {
    /// Longer texts are truncated: they may come from files of third parties.
    private static final int MAX_ABOUT = 300;

    private static final int MAX_WHAT = 4_000;

    public Incident {
        about = cutAbout(about);
        what = cut(what, MAX_WHAT);
    }

    /// The subject as it is stored.
    public static String cutAbout(String about) {
        return cut(about, MAX_ABOUT);
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    /// Everything that can be raised, with its severity.
    public enum Kind {
        /// A log contains a precertificate that the CA's own feed never delivered (CT-20).
        PRECERTIFICATE_NEVER_FED(Severity.CRITICAL),
        /// A log is not trustworthy; following it has stopped (CT-08, CT-09).
        LOG_UNTRUSTED(Severity.CRITICAL),
        /// A log has not answered for long.
        LOG_SILENT(Severity.WARNING),
        /// A log list no longer contains a log as one to follow.
        LOG_DROPPED(Severity.WARNING),
        /// A serial had no definitive answer 15 minutes after its publication (SA-01).
        ANSWER_OVERDUE(Severity.CRITICAL),
        /// A serial was announced and neither assigned nor cancelled in its window.
        ANNOUNCEMENT_OVERDUE(Severity.WARNING),
        /// The audit log was modified or damaged.
        AUDIT_TAMPERED(Severity.CRITICAL),
        /// Records that must be kept are missing or about to be lost (RT-01 to RT-05).
        RETENTION(Severity.CRITICAL),
        /// Unassigned serials are requested much more often than usual (BR 4.9.9).
        UNASSIGNED_SURGE(Severity.WARNING),
        /// A key does not sign, or a responder certificate is about to expire.
        SIGNING(Severity.CRITICAL),
        /// A response could not be renewed before its deadline.
        RENEWAL_OVERDUE(Severity.CRITICAL),
        /// The store rejects reads or writes, or part of it is damaged.
        STORE_FAILED(Severity.CRITICAL),
        /// The audit log or the signature journal cannot be written.
        AUDIT_FAILED(Severity.CRITICAL),
        /// Store, audit log or signature journal were restored older than they were, or empty.
        STATE_LOST(Severity.CRITICAL),
        /// The wall clock jumped, or is behind a time already signed or recorded.
        CLOCK(Severity.CRITICAL),
        /// The newest backup is incomplete.
        BACKUP_FAILED(Severity.WARNING),
        /// A volume that the server writes to is nearly full.
        DISK_SPACE(Severity.CRITICAL),
        /// A background thread failed and is retried.
        BACKGROUND_TASK(Severity.CRITICAL),
        /// A listener has no place left for new connections.
        CONNECTIONS_FULL(Severity.WARNING),
        /// A source lists serials as revoked, and the revocation was rejected: they are still
        /// answered good.
        REVOCATION_REFUSED(Severity.CRITICAL),
        /// Documents of different certificates with one serial (SS-11 to SS-13).
        FEED_CONFLICT(Severity.CRITICAL),
        /// A file in the spool was rejected, wholly or in part.
        FEED_REFUSED(Severity.WARNING),
        /// Configuration, certificates or keys could not be reloaded; the earlier ones are in use.
        RELOAD_FAILED(Severity.WARNING),
        /// An authority does not answer this edge.
        AUTHORITY_SILENT(Severity.CRITICAL),
        /// An authority sent an edge a response that must not be served.
        AUTHORITY_DISBELIEVED(Severity.CRITICAL),
        /// This edge has had no proof for long that its statuses are current.
        CLUSTER_STALE(Severity.CRITICAL),
        /// This node cannot apply what its cluster's log has next, and reads no further.
        CLUSTER_STOPPED(Severity.CRITICAL),
        /// The log of the cluster has a record that no node signed.
        CLUSTER_FORGED(Severity.CRITICAL),
        /// An authority could not write a snapshot of its store, or a node could take none.
        SNAPSHOT_FAILED(Severity.WARNING),
        /// Two nodes of a cluster hold different rows.
        CLUSTER_ROWS_DIFFER(Severity.CRITICAL),
        /// A channel of alerts does not accept them; the others do (NSR 3.2.2).
        ALERT_CHANNEL(Severity.WARNING);

        private final Severity severity;

        Kind(Severity severity) {
            this.severity = severity;
        }

        public Severity severity() {
            return severity;
        }
    }
}
