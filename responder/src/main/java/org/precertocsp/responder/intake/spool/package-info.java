/// Loads files that are dropped into the spool directory of a running server, or sent through it by
/// the `load` command.
///
/// ```
/// certificates/ index/ csv/ crl/   drop files here, or in a subdirectory named after an issuer
/// arrived/ processing/             what is being loaded, where nobody else can change it
/// done/                            loaded; NAME.result.json lists what became of each record
/// refused/                         nothing of it was loaded; NAME.reason.txt says why
/// tmp/                             write here, then rename into place
/// watcher.alive                    locked as long as a server watches
/// ```
///
/// Start at [SpoolWatcher], the server's thread: `SpoolScanner` lists what waits, `SpoolProcessor`
/// loads it file by file, and `SpoolArchive` moves it to `done` or `refused`. [SpoolClient] is the
/// command's side.
///
/// A file is loaded after it has not changed for two seconds; names that begin with a dot or end in
/// `.tmp`, `.part` or `.filepart` are ignored. A file of which some records were refused goes to
/// `done`, since the others took effect: its result and a NAME.reason.txt list them. A `load`
/// command sends a batch: a directory `+ID`, renamed into place as a whole, so that files that
/// explain one another are read together. Nothing in `done` or `refused` is overwritten; it is
/// deleted after `spool.keep`.
///
/// The hard idea is trust. Everyone with write access here may change statuses, but must not be
/// able to lead the server to other files. So everything is first moved, by a rename that follows
/// no link, into a directory that only the server may write to, and is examined, read and moved on
/// there. A crash at any point leaves each file either in place, to be processed again without
/// effect, or moved with its result beside it.
@NullMarked
package org.precertocsp.responder.intake.spool;

import org.jspecify.annotations.NullMarked;
