/// The console: static files, and header fields that isolate them from other sites.
@NullMarked
package org.precertocsp.responder.admin.console;

import org.jspecify.annotations.NullMarked;

