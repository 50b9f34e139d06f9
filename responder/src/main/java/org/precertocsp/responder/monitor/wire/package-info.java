/// HTTP/1.1 octet by octet: what is sent is what was asked for, and what came is told as it came.
@NullMarked
package org.precertocsp.responder.monitor.wire;

import org.jspecify.annotations.NullMarked;
