@NullMarked
package org.precertocsp.responder.cluster.kafka;

import org.jspecify.annotations.NullMarked;
