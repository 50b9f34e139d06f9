/// One certificate or serial: what is known of it, and what would be answered now.
@NullMarked
package org.precertocsp.responder.admin.lookup;

import org.jspecify.annotations.NullMarked;
