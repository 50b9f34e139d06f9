/// Merkle trees as Certificate Transparency logs grow them (RFC 6962 §2.1).
@NullMarked
package org.precertocsp.responder.intake.ctlog.merkle;

import org.jspecify.annotations.NullMarked;
