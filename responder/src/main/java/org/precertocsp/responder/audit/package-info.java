/// The record of what was done to statuses, keys and configuration, and by whom.
@NullMarked
package org.precertocsp.responder.audit;

import org.jspecify.annotations.NullMarked;
