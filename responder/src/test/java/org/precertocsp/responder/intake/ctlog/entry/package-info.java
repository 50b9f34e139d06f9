@NullMarked
package org.precertocsp.responder.intake.ctlog.entry;

import org.jspecify.annotations.NullMarked;
