/// The metrics that `GET /metrics` serves to Prometheus.
///
/// Start at [MetricName]: it names every metric with its labels and its help text, and METRICS.md
/// is generated from it. [Metrics] registers them.
///
/// Nearly all values are counted by the classes they are about and only read when Prometheus asks,
/// so the hot path knows no metrics library. That makes one thing hard: a state that has one value
/// for each of a hundred issuers must be gathered once for a look and not once for each metric;
/// `Metrics.once` does that. Labels name issuers and causes, never a serial.
///
/// Called by the wiring; reads the states of other packages, which do not know it.
@NullMarked
package org.precertocsp.responder.metrics;

import org.jspecify.annotations.NullMarked;
