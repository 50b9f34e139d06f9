/// What must be kept fresh while the server runs, and the loops that keep it so.
@NullMarked
package org.precertocsp.responder.freshness;

import org.jspecify.annotations.NullMarked;
