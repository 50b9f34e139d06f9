/// What the console shows of the running server: figures, their recent past, files taken in.
@NullMarked
package org.precertocsp.responder.admin.overview;

import org.jspecify.annotations.NullMarked;
