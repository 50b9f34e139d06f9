/// How the program touches files, other programs and the machine: one class for each mechanism, so
/// that what is hard about it is solved and explained once.
///
/// [DurableFile] replaces files so that a crash or a power cut leaves the old content or the new
/// one: the hardest of them. [Json] is the set-up of Jackson, [HttpClients] calls other servers and
/// bounds how long that takes, [FileRequests] lets commands reach a running server, [ProcessLock]
/// keeps a second process out, [CLibrary] has the functions of the C library that Java lacks, and
/// [HostName] names the machine. Work that is done again and again is in `task`.
///
/// This package knows nothing of OCSP and depends on no other package of the responder; any may
/// call it.
@NullMarked
package org.precertocsp.responder.io;

import org.jspecify.annotations.NullMarked;
