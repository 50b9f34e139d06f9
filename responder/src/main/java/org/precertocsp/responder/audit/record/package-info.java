/// Records as lines of canonical JSON.
@NullMarked
package org.precertocsp.responder.audit.record;

import org.jspecify.annotations.NullMarked;
