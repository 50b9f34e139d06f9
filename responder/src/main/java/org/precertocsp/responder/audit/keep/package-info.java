/// How long records stay (RT-01 to RT-05).
@NullMarked
package org.precertocsp.responder.audit.keep;

import org.jspecify.annotations.NullMarked;
