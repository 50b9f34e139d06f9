/// Files that travel to a running server through its spool directory.
///
/// ```
/// certificates/ index/ csv/ crl/   drop files here, or in a sub-folder named after an issuer
/// done/                            taken in; NAME.result.json tells what became of each record
/// refused/                         nothing of it took effect; NAME.reason.txt tells why
/// tmp/                             write here, then rename into place
/// watcher.alive                    locked as long as a server watches
/// ```
///
/// A file is taken when it has rested for two seconds; names that begin with a dot or end in
/// `.tmp`, `.part` or `.filepart` never are. A file of which some records were refused goes to
/// `done`, since the others took effect: its result lists them. What a `load` command sends arrives
/// as a folder `+ID`, renamed in whole, so that files which explain one another are read together.
/// The spool trusts file permissions: who may write here may change statuses. Nothing in `done` or
/// `refused` is ever overwritten or deleted; clearing them is the operator's.
@NullMarked
package org.precertocsp.responder.intake.spool;

import org.jspecify.annotations.NullMarked;
