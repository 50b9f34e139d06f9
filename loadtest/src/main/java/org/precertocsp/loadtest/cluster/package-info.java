/// What a cluster of a given size would do, computed from what single parts were measured to cost:
/// a discrete-event simulation, for sizes that no test machine has.
///
/// Start at [ClusterPlan], which has the size and the unit costs, and [ClusterForecast], which runs
/// it. Time passes from record to record: a record of the log waits for the authority, the fetch of
/// an edge, the links of its site and its own, and the edge's processor, each a queue that serves
/// in order ([FifoQueue]). So a day of a hundred edges takes seconds. The same seed gives the same
/// figures.
///
/// It says nothing about correctness: the promises of a cluster are checked by the responder's own
/// tests. It knows the responder by its constants only: when it reports, beats and takes over.
@NullMarked
package org.precertocsp.loadtest.cluster;

import org.jspecify.annotations.NullMarked;
