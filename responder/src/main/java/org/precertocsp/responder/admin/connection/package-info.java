/// Connection limits and Host checks of the private listeners.
@NullMarked
package org.precertocsp.responder.admin.connection;

import org.jspecify.annotations.NullMarked;

