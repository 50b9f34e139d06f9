/// On whose behalf something is done, beyond the name they go by.
@NullMarked
package org.precertocsp.responder.attribution;

import org.jspecify.annotations.NullMarked;
