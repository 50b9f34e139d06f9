/// Merkle trees as logs grow them (RFC 6962 §2.1).
@NullMarked
package org.precertocsp.responder.merkle;

import org.jspecify.annotations.NullMarked;
