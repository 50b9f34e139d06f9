@NullMarked
package org.precertocsp.responder.merkle;

import org.jspecify.annotations.NullMarked;
