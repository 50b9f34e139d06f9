/// Records as lines of canonical JSON (RFC 8785).
@NullMarked
package org.precertocsp.responder.audit.record;

import org.jspecify.annotations.NullMarked;
