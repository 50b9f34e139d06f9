/// How long the public waited for the first answer about each serial (SA-01).
@NullMarked
package org.precertocsp.responder.duty;

import org.jspecify.annotations.NullMarked;
