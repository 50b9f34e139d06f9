/// Every signature made for an answer (LG-01).
@NullMarked
package org.precertocsp.responder.audit.journal;

import org.jspecify.annotations.NullMarked;
