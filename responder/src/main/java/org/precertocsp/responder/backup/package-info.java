/// Backups of one server, made while it serves, and their restore.
///
/// ```
/// DIR/store/            the files of a RocksDB checkpoint, signed responses included
/// DIR/audit/            both logs up to a checkpoint of that moment, and those put aside as damaged
/// DIR/alerts/           the alerts
/// DIR/backup.json.sig   a signature of the next file by the key of the audit log
/// DIR/backup.json       lists every file with its size and hash; written last: without it there is
///                       no backup
/// ```
///
/// Start at [Snapshot]: the server freezes store and logs as hard links inside their own
/// directories, which takes no time and holds up nothing. The command, a process of its own, then
/// copies them at its own pace ([BackupWriter]) and deletes them. So a backup cannot slow the
/// server by more than its reads, it ends with its command, and its target need not be writable for
/// the server. If no server runs, the command freezes them itself. [BackupMonitor] is the server's
/// side, [BackupState] the files through which both know of each other. [BackupRestorer] puts a
/// backup in place of what was lost.
///
/// The hard idea is the order in a snapshot. The store is frozen first, and both logs while no set
/// of changes can begin: so the log has every set that the store has and none that it lacks, and it
/// is not shorter than the checkpoint of it that the store keeps. A log frozen before the store
/// would look like one that was cut off.
///
/// A store that comes back older is otherwise an incident (invariant 10). A restore is the
/// exception: somebody asks for it, it is refused where anything newer is known unless that is
/// given up explicitly, both logs record it, and the next start raises an alert that a person must
/// acknowledge.
///
/// Private keys are never copied: neither that of the audit log nor those of responders.
///
/// Measured once, on a busy machine with two cores: 10 M serials, a stream of revocations through
/// the API offered at 5,000/s, `backup DIR` after 20 s, `restore DIR` elsewhere. The snapshot took
/// 1.8 s, the longest pause between two acknowledgements was 1.3 s, and the 949 MB were copied in
/// 51 s, with 48,500 revocations acknowledged meanwhile. The restored store had revocations 1 to
/// 19,064 of the stream and no other; 11,564 were acknowledged before the command was started.
/// `audit verify` and `audit replay --dry-run` found nothing.
@NullMarked
package org.precertocsp.responder.backup;

import org.jspecify.annotations.NullMarked;
