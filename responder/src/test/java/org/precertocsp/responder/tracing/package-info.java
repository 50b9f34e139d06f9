@NullMarked
package org.precertocsp.responder.tracing;

import org.jspecify.annotations.NullMarked;
