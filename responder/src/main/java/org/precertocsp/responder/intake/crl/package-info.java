/// CRLs of any size, verified before a single entry counts.
@NullMarked
package org.precertocsp.responder.intake.crl;

import org.jspecify.annotations.NullMarked;
