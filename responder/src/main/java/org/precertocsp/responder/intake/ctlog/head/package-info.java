/// Signed tree heads of Certificate Transparency logs, and the keys they are verified with.
@NullMarked
package org.precertocsp.responder.intake.ctlog.head;

import org.jspecify.annotations.NullMarked;
