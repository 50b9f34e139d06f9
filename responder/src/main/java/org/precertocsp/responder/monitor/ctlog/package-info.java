/// Reads parts of Certificate Transparency logs for the monitor.
@NullMarked
package org.precertocsp.responder.monitor.ctlog;

import org.jspecify.annotations.NullMarked;

