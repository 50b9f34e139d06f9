@NullMarked
package org.precertocsp.responder.cluster.answers;

import org.jspecify.annotations.NullMarked;
