/// Checkpoints of a log, signed so that outsiders can check them.
@NullMarked
package org.precertocsp.responder.audit.seal;

import org.jspecify.annotations.NullMarked;
