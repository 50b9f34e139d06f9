@NullMarked
package org.precertocsp.responder.purge;

import org.jspecify.annotations.NullMarked;
