/// Lookup of one certificate or serial: its status, and the answer a client would receive now.
@NullMarked
package org.precertocsp.responder.admin.lookup;

import org.jspecify.annotations.NullMarked;

