@NullMarked
package org.precertocsp.responder.intake.ctlog.head;

import org.jspecify.annotations.NullMarked;
