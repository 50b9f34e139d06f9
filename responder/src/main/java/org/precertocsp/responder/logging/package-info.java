/// Where log lines go and how they look.
@NullMarked
package org.precertocsp.responder.logging;

import org.jspecify.annotations.NullMarked;
