/// Comparisons of precert-ocsp with other servers, and with the limits of its own parts.
///
/// Start at [ComparisonRun]: it prepares a corpus and a loaded store, then runs each comparison
/// ([ComparisonKind]) that [ComparisonCatalog] defines. All contestants of a comparison are
/// measured in one run, in turn, round by round, each pinned to the same processor, so that other
/// load of the machine affects all of them.
///
/// The hard part is a fair ratio. The driver can be slower than the server it measures; then
/// throughput says nothing about the server. [TargetVerdict] therefore compares throughput only
/// where every server was busy all the time, and otherwise the processor time per answer. Servers
/// are warmed up until their cost per answer no longer falls ([WarmUp]), because the JIT compiler
/// shares the server's processor. Wrong answers, or more than one failed request in a hundred, void
/// a verdict.
@NullMarked
package org.precertocsp.loadtest.compare;

import org.jspecify.annotations.NullMarked;
