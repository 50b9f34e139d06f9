/// Reads parts of Certificate Transparency logs, for judging those who must answer.
@NullMarked
package org.precertocsp.responder.monitor.ctlog;

import org.jspecify.annotations.NullMarked;
