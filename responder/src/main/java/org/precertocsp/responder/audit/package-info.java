/// The audit log: what was done to statuses, keys and configuration, by whom, in files that cannot
/// be changed unnoticed; and the journal of every signature made.
///
/// Start with [AuditTrail] and [AuditEvent], which the rest of the program uses to record what
/// happens. [ChangeRecorder] records every change of status before it takes effect (invariant 6);
/// [StoreRecovery] compares store and log at each start and applies again what the store lacks.
///
/// A log is a folder of files with one JSON record a line. Each record contains the hash of the one
/// before it, and all are leaves of a Merkle tree whose root is signed again and again as a
/// checkpoint ([AuditLog]). The newest checkpoint is also kept in the store, so that a log put back
/// to an earlier state is noticed.
///
/// The hard idea is the commit mark: the log is the redo log of the store. The same random mark is
/// in the record that decides a set of changes and in the set as the store commits it. So after a
/// crash, a failed write or a restored backup the store's newest mark tells exactly which sets it
/// has.
///
/// [SignatureJournal] records signatures through a ring in a mapped file, since a wait for the disk
/// before each answer would cost too much. [LogVerifier] checks a log, in the running server and
/// offline; [RetentionPolicy] decides what may be deleted.
@NullMarked
package org.precertocsp.responder.audit;

import org.jspecify.annotations.NullMarked;
