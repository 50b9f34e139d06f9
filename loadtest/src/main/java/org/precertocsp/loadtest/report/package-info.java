/// Results for people and programs: text table, JSON, HdrHistogram log, HTML page, and the table of
/// performance targets.
///
/// Start at [Report] for runs, and at [TargetsMarkdown] for targets. Every measurement written to a
/// file carries its [Origin] (machine, version, commit, time), without which figures mean nothing
/// to others. HTML pages load nothing, so they open from disk and can be mailed.
@NullMarked
package org.precertocsp.loadtest.report;

import org.jspecify.annotations.NullMarked;
