@NullMarked
package org.precertocsp.responder.cluster.responses;

import org.jspecify.annotations.NullMarked;
