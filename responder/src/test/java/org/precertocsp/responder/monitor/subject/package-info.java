@NullMarked
package org.precertocsp.responder.monitor.subject;

import org.jspecify.annotations.NullMarked;
