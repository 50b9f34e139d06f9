/// Finds what is not as it was written.
@NullMarked
package org.precertocsp.responder.audit.verify;

import org.jspecify.annotations.NullMarked;
