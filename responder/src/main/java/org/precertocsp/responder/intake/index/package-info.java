/// OpenSSL's index.txt. Start at [IndexFeed].
@NullMarked
package org.precertocsp.responder.intake.index;

import org.jspecify.annotations.NullMarked;
