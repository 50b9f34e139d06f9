/// Signed checkpoints of a log, which anybody with the public key can check. See [Checkpoint].
@NullMarked
package org.precertocsp.responder.audit.seal;

import org.jspecify.annotations.NullMarked;
