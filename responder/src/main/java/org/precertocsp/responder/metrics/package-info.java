/// What the server tells Prometheus.
@NullMarked
package org.precertocsp.responder.metrics;

import org.jspecify.annotations.NullMarked;
