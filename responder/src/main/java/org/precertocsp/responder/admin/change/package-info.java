/// From what a caller asks for to a durable change of status. Knows no HTTP.
@NullMarked
package org.precertocsp.responder.admin.change;

import org.jspecify.annotations.NullMarked;
