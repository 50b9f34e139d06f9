/// How the program touches files, other programs and the machine: one class for each mechanism, so
/// that what is hard about it is solved and explained once.
///
/// [org.precertocsp.responder.io.DurableFile] replaces files so that a crash or a power cut leaves
/// the old content or the new one. Where to look for work that is done again and again:
/// `org.precertocsp.responder.task`.
///
/// This package knows nothing of OCSP and depends on no other package of the responder; any may
/// call it.
@NullMarked
package org.precertocsp.responder.io;

import org.jspecify.annotations.NullMarked;
