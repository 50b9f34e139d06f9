/// Follows logs for as long as the server runs, and sees to what they were first to bring.
@NullMarked
package org.precertocsp.responder.intake.ctlog.watch;

import org.jspecify.annotations.NullMarked;
