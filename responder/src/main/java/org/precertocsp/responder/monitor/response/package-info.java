/// OCSP responses parsed without correcting them.
@NullMarked
package org.precertocsp.responder.monitor.response;

import org.jspecify.annotations.NullMarked;

