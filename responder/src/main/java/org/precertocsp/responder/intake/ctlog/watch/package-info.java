/// Follows logs while the server runs, and reports serials that only a log brought.
@NullMarked
package org.precertocsp.responder.intake.ctlog.watch;

import org.jspecify.annotations.NullMarked;

