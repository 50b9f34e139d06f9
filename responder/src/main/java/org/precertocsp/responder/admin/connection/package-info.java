/// Who gets a place at the private listeners when there are not enough.
@NullMarked
package org.precertocsp.responder.admin.connection;

import org.jspecify.annotations.NullMarked;
