/// The console's overview of the running server: figures, their recent history, loaded files.
@NullMarked
package org.precertocsp.responder.admin.overview;

import org.jspecify.annotations.NullMarked;

