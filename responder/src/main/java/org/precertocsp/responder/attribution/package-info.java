/// The verified identity of whoever requested a change, as the audit log records it.
///
/// A name in a request is a claim; [org.precertocsp.responder.attribution.Attribution] is what the
/// program itself knows: the hash of a client certificate, or the user of this machine. It is bound
/// as a scoped value where a request is authorised and read where something is recorded, so that no
/// method between them has to pass it on.
@NullMarked
package org.precertocsp.responder.attribution;

import org.jspecify.annotations.NullMarked;
