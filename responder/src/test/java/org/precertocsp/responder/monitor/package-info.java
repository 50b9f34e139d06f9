@NullMarked
package org.precertocsp.responder.monitor;

import org.jspecify.annotations.NullMarked;
