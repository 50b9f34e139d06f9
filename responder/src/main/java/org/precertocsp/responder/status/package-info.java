/// What is known of serials: records, changes, and the pure rules that lead from one to the next.
@NullMarked
package org.precertocsp.responder.status;

import org.jspecify.annotations.NullMarked;
