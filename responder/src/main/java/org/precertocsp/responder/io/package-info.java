/// Access to files, other programs and the machine: one class for each mechanism, so that its
/// difficulties are solved and explained once.
///
/// [DurableFile], the hardest of them, replaces files so that a crash or a power cut leaves the old
/// content or the new one. [Json] configures Jackson, [HttpClients] sends requests to other servers
/// and limits how long they take, [FileRequests] lets commands send requests to a running server,
/// [ProcessLock] prevents a second process from using the same files, [CLibrary] has the functions
/// of the C library that Java lacks, and [HostName] names the machine. Repeated work is in `task`.
///
/// This package contains nothing about OCSP and depends on no other package of the responder; any
/// may use it.
@NullMarked
package org.precertocsp.responder.io;

import org.jspecify.annotations.NullMarked;
