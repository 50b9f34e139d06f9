/// What is recorded before it takes effect: changes of status, and events.
@NullMarked
package org.precertocsp.responder.audit.door;

import org.jspecify.annotations.NullMarked;
