@NullMarked
package org.precertocsp.responder.intake.ctlog.merkle;

import org.jspecify.annotations.NullMarked;
