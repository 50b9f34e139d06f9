/// Results for people and programs: text table, JSON, HdrHistogram log, HTML page, and the table of
/// performance targets.
///
/// Start at [RunReport] for runs, and at [TargetsTable] for targets. Every measurement written to a
/// file carries its [MeasurementOrigin] (machine, version, commit, time), without which figures
/// mean nothing to others. HTML pages load nothing, so they open from disk and can be mailed.
@NullMarked
package org.precertocsp.loadtest.report;

import org.jspecify.annotations.NullMarked;
