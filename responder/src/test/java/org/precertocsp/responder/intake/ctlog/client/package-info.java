@NullMarked
package org.precertocsp.responder.intake.ctlog.client;

import org.jspecify.annotations.NullMarked;
