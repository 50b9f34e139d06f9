/// OpenSSL's index.txt.
@NullMarked
package org.precertocsp.responder.intake.index;

import org.jspecify.annotations.NullMarked;
