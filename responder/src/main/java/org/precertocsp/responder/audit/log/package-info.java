/// A log in files: chained records under a Merkle tree, in segments.
@NullMarked
package org.precertocsp.responder.audit.log;

import org.jspecify.annotations.NullMarked;
