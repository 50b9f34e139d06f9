/// Authentication and roles of the private API.
@NullMarked
package org.precertocsp.responder.admin.access;

import org.jspecify.annotations.NullMarked;

