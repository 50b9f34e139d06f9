/// The metrics that `GET /metrics` serves to Prometheus.
///
/// Start at [MetricName]: it names every metric with its labels and its help text, and METRICS.md
/// is generated from it. [Metrics] registers them.
///
/// Nearly all values are counted by the classes they belong to and only read when Prometheus
/// scrapes them, so the hot path does not depend on a metrics library. That makes one thing hard: a
/// state with one value for each of a hundred issuers must be collected once per scrape and not
/// once for each metric; `Metrics.once` does that. Labels name issuers and causes, never a serial.
///
/// Called by the wiring; reads the states of other packages, which do not depend on it.
@NullMarked
package org.precertocsp.responder.metrics;

import org.jspecify.annotations.NullMarked;
