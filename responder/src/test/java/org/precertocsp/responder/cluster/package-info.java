@NullMarked
package org.precertocsp.responder.cluster;

import org.jspecify.annotations.NullMarked;
