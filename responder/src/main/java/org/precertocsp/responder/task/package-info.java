/// Background work: everything the server does repeatedly by itself.
///
/// Start at [BackgroundTasks], which runs each task on a thread of its own, logs, counts and
/// reports its failures, and tries again. Its states are the metrics `task_*` and a part of
/// `/readyz`.
///
/// The hard part is that nothing may end such a thread unnoticed (invariant 11 of the design):
/// neither an `Error`, nor an unintended interrupt, nor a listener that fails itself. So no other
/// class starts a thread that loops; pools of threads that run one job each are created where they
/// are used, and their uncaught exceptions are reported here, too.
///
/// Depends on no other package of the responder.
@NullMarked
package org.precertocsp.responder.task;

import org.jspecify.annotations.NullMarked;
