/// Who calls the private API, and what they may do.
@NullMarked
package org.precertocsp.responder.admin.access;

import org.jspecify.annotations.NullMarked;
