/// The page people look at: static files and the headers that keep it to itself.
@NullMarked
package org.precertocsp.responder.admin.console;

import org.jspecify.annotations.NullMarked;
