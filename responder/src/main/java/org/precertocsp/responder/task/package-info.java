/// The one way to run a background thread or periodic work, so that none dies unseen. Start at
/// [BackgroundTasks][org.precertocsp.responder.task.BackgroundTasks]. A leaf: it knows no other
/// package of ours, and every other may use it.
@NullMarked
package org.precertocsp.responder.task;

import org.jspecify.annotations.NullMarked;
