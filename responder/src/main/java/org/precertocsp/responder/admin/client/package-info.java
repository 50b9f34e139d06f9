/// A client of the private API, for the command line.
@NullMarked
package org.precertocsp.responder.admin.client;

import org.jspecify.annotations.NullMarked;

