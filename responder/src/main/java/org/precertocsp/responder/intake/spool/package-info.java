/// Files that travel to a running server through its spool directory.
///
/// ```
/// certificates/ index/ csv/ crl/   drop files here, or in a sub-folder named after an issuer
/// arrived/ processing/             what is being taken in, where nobody else can change it
/// done/                            taken in; NAME.result.json tells what became of each record
/// refused/                         nothing of it took effect; NAME.reason.txt tells why
/// tmp/                             write here, then rename into place
/// watcher.alive                    locked as long as a server watches
/// ```
///
/// A file is taken when it has rested for two seconds; names that begin with a dot or end in
/// `.tmp`, `.part` or `.filepart` never are. A file of which some records were refused goes to
/// `done`, since the others took effect: its result and a NAME.reason.txt list them. What a `load`
/// command sends arrives as a folder `+ID`, renamed in whole, so that files which explain one
/// another are read together. The spool trusts file permissions: who may write here may change
/// statuses. But it must not lead the server to other files: everything is first moved, by a rename
/// that follows no link, into a folder that only the server may write to, and looked at, read and
/// moved away there. Nothing in `done` or `refused` is overwritten; it is deleted after
/// `spool.keep`.
@NullMarked
package org.precertocsp.responder.intake.spool;

import org.jspecify.annotations.NullMarked;
