/// How long records are kept (RT-01 to RT-05), and the removal of older files. See [Retention].
@NullMarked
package org.precertocsp.responder.audit.keep;

import org.jspecify.annotations.NullMarked;
