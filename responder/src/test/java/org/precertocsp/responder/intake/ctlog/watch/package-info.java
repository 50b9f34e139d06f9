@NullMarked
package org.precertocsp.responder.intake.ctlog.watch;

import org.jspecify.annotations.NullMarked;
