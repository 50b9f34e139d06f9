/// Signed tree heads of Certificate Transparency logs, log keys and log lists.
@NullMarked
package org.precertocsp.responder.intake.ctlog.head;

import org.jspecify.annotations.NullMarked;

