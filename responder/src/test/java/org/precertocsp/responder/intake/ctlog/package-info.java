@NullMarked
package org.precertocsp.responder.intake.ctlog;

import org.jspecify.annotations.NullMarked;
